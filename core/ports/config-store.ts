import type { ConfigChange, ConfigName, ConfigVersion, VersionedKind } from "../versions/index.ts";

export type Recorded =
  | { outcome: "recorded"; version: ConfigVersion }
  /** Nothing changed; `version` is the latest, null when there never was one. */
  | { outcome: "same"; version: ConfigVersion | null };

/** The versions of the configuration. They are only ever added to. */
export interface ConfigStore {
  /**
   * Records a text as the newest version, durably when it returns. The same text again makes no version, nor
   * does retiring what is retired. Records at the same time get numbers one after the other.
   */
  record(change: ConfigChange): Promise<Recorded>;
  /** All versions of one thing, newest first; empty when there never was one. */
  versions(of: ConfigName): Promise<ConfigVersion[]>;
  /** One version; null when there is none of that number. */
  version(of: ConfigName, no: number): Promise<ConfigVersion | null>;
  /** The newest version of everything of a kind, retired things too, by name. */
  latest(kind: VersionedKind): Promise<ConfigVersion[]>;
}

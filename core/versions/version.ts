import { hashOf } from "../ids/index.ts";

/**
 * The kinds of files whose versions are kept. Sources, clusters and groups are left out on purpose: they may
 * hold secrets as plain text, and a version can never be taken back.
 */
export const VERSIONED_KINDS = ["event-type", "rule", "policy"] as const;

export type VersionedKind = (typeof VERSIONED_KINDS)[number];

/** Stands for whoever edited a file by hand: the file does not say who. */
export const BY_FILE = "file";

/** One thing of the configuration. */
export interface ConfigName {
  kind: VersionedKind;
  /** Its declared name, for example an event type's `type`. */
  name: string;
}

/** How one thing of the configuration read from some moment on. */
export interface ConfigVersion extends ConfigName {
  /** Counted from 1 for each thing, going on after it was retired. */
  no: number;
  /** When it was recorded: ISO 8601, UTC. */
  at: string;
  /** userid of the person, or `BY_FILE`. */
  by: string;
  change: "created" | "changed" | "retired";
  /** The file's text; of a retired thing the last it had. */
  text: string;
  /** Hash of `text`. */
  digest: string;
}

/** A text to be recorded; null retires the thing. */
export interface ConfigChange extends ConfigName {
  at: string;
  by: string;
  text: string | null;
}

/** Hash of a text, by which versions are compared. */
export function textDigest(text: string): string {
  return hashOf(text);
}

/**
 * The version that a change makes after the latest one; null when it changes nothing: the text is the same
 * again, or what shall be retired is not there.
 */
export function nextVersion(latest: ConfigVersion | null, change: ConfigChange): ConfigVersion | null {
  const { kind, name, at, by, text } = change;
  const living = latest !== null && latest.change !== "retired";
  const common = { kind, name, no: (latest?.no ?? 0) + 1, at, by };
  if (text === null) {
    return living ? { ...common, change: "retired", text: latest.text, digest: latest.digest } : null;
  }
  const digest = textDigest(text);
  if (living && latest.digest === digest) return null;
  return { ...common, change: living ? "changed" : "created", text, digest };
}

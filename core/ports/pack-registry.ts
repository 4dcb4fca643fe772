import type { ContentKind } from "../releases/pack-content.ts";

/** A pack as a cluster knows it. */
export interface RegisteredPack {
  ref: string;
  version: string;
  /** Refs of what it holds, by kind. */
  items: readonly { kind: ContentKind; ref: string }[];
}

export type RegisterOutcome =
  | { outcome: "registered"; counts: Readonly<Record<string, number>> }
  /** It would fail again: `message` is the engine's own, `pack` the one that it named. */
  | { outcome: "failed"; message: string; pack?: string }
  | { outcome: "open"; message: string };

/** What clusters know of packs. Registering and removing may be repeated. */
export interface PackRegistry {
  /** Packs and what they hold; only these when given. Throws when it cannot be read. */
  registered(cluster: string, packs?: readonly string[]): Promise<RegisteredPack[]>;
  /** Has a cluster read these packs' metadata from its own files anew. Never throws. */
  register(cluster: string, packs: readonly string[]): Promise<RegisterOutcome>;
  /** Removes one thing that is gone from its pack; what is not there is removed. Never throws. */
  remove(
    cluster: string,
    item: { kind: ContentKind; ref: string },
  ): Promise<{ outcome: "removed" } | { outcome: "refused" | "open"; message: string }>;
  /** What is wrong in a workflow's definition, by a cluster's own judgement. Throws when it cannot be asked. */
  inspect(cluster: string, definition: string): Promise<{ message: string; path: string }[]>;
}

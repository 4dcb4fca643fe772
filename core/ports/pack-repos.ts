import type { PackRepo } from "../releases/pack-set.ts";

export type ResolveOutcome =
  | { outcome: "resolved"; ref: string; commit: string }
  /** Nothing there fits what the set asks for. */
  | { outcome: "absent"; message: string }
  /** `message` is what the other side said, without secrets. */
  | { outcome: "refused" | "unreachable"; message: string };

export type FetchOutcome =
  /** The tree of the commit stands in the folder, without links that lead out of it and without history. */
  | { outcome: "fetched"; bytes: number; files: number }
  /** The repository has no such commit any more: a branch was moved under a lock and nothing else holds it. */
  | { outcome: "absent"; message: string }
  /** What is in it may not be used: too large, a link that leads outside, a submodule, an unusable name. */
  | { outcome: "unsafe"; message: string }
  | { outcome: "refused" | "unreachable" | "canceled"; message: string };

/** Repositories of packs. Nothing is run by a shell, and nothing of a repository is run at all. */
export interface PackRepos {
  /** The commit that a repository's ref or range stands at now. Never throws. */
  resolve(repo: PackRepo, signal: AbortSignal): Promise<ResolveOutcome>;
  /** Brings the files of one commit into an empty folder. Never throws. */
  fetch: (
    order: { repo: PackRepo; commit: string; into: string; maxBytes: number },
    signal: AbortSignal,
  ) => Promise<FetchOutcome>;
}

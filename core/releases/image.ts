import type { PackLock } from "./pack-lock.ts";

/** An image that was built of a lock and pushed. */
export interface PackImage {
  /** `b_` and a ULID: the build that made it. */
  build: string;
  lock: PackLock;
  /** Registry, repository and tag; the tag is made of the content and is never given again. */
  name: string;
  /** `sha256:` and 64 hexadecimal digits: what a cluster is told to run. */
  digest: string;
  /** Registry and repository with the digest instead of the tag. */
  reference: string;
  builtAt: string;
  bytes: number;
}

/** Stages of a build, in their order, and its ends. */
export const BUILD_STAGES = [
  ...(["queued", "fetching", "checking", "building", "pushing"] as const),
  ...(["done", "failed", "canceled"] as const),
] as const;
export type BuildStage = (typeof BUILD_STAGES)[number];

/** A build as it is stored and shown. Its log is kept apart. */
export interface Build {
  /** `b_` and a ULID. */
  id: string;
  set: string;
  lock: PackLock;
  by: string;
  at: string;
  stage: BuildStage;
  since: string;
  cancelBy?: string;
  problem?: string;
  image?: PackImage;
}

/** One pack as a lock fixes it. */
export interface LockedPack {
  /** Its name on the clusters: lower case, `[a-z0-9_]+`. */
  ref: string;
  version: string;
  /** Its folder from the repository's root; `.` is the root itself. */
  path: string;
}

/** One repository at one commit. */
export interface LockedRepo {
  name: string;
  url: string;
  /** What of the set's `at` this commit was when it was locked: the branch, tag or commit by its full name. */
  ref: string;
  /** 40 or 64 hexadecimal digits. */
  commit: string;
  /** Sorted by ref. */
  packs: readonly LockedPack[];
}

/**
 * A pack set at fixed commits, kept beside it as `packsets/<id>.lock.yaml`. Two builds of one lock give the same image.
 */
export interface PackLock {
  set: string;
  strategy: string;
  base: { builder: string; runtime: string };
  /** In the set's order. */
  repos: readonly LockedRepo[];
}

/** What builds leave on the disk of the process that ran them. Bounded: a log that is full ends with a line that says so. */
export interface BuildFiles {
  /** An empty folder of a build's own to work in; what was in it is gone. Fails when the disk does not let it. */
  workspace(build: string): Promise<string>;
  /**
   * Copies packs out of folders of the workspace into one folder, each below its ref, and names that folder. Refuses a
   * path that leads out of its repository.
   */
  layPacks(build: string, packs: readonly { root: string; path: string; ref: string }[]): Promise<string>;
  /** Removes the workspace. */
  clear(build: string): Promise<void>;
  /** Adds lines to a build's log, each with the time before it. What the disk does not take is dropped. */
  append(build: string, lines: readonly string[]): Promise<void>;
  /** A build's log from a byte on, and where to go on; null when this process's disk has none. */
  log(build: string, from: number): Promise<{ text: string; next: number } | null>;
  /** Keeps a build's bill of materials. */
  keepBill(build: string, text: string): Promise<void>;
  /** The bill of materials; null when this process's disk has none. */
  bill(build: string): Promise<string | null>;
  /** Removes everything of all builds but these. */
  keepOnly(builds: readonly string[]): Promise<void>;
}

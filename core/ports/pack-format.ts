import type { PackContent, PackProblem } from "../releases/pack-content.ts";

/** The files of a repository, by path from its root. */
export interface PackTree {
  repo: string;
  /** Sorted; folders are not named. */
  files: readonly string[];
  /** Whether a file may be run. */
  isExecutable(path: string): boolean;
  /** Its length in bytes. */
  size(path: string): number;
  /** The text of a file; what is no UTF-8 in it is replaced. */
  read(path: string): string;
}

/** Reads packs as the engine defines them. Pure: what is not in the tree is not looked for. */
export interface PackFormat {
  /** The packs in these folders, and what is wrong with their metadata. */
  read(tree: PackTree, paths: readonly string[]): { packs: PackContent[]; problems: PackProblem[] };
}

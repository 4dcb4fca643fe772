import type { PackFormat, PackRegistry, PackRepos, PackTree, PythonCode } from "../../core/ports/index.ts";

/** What looking at pack sets needs. */
export interface PackTools {
  repos: PackRepos;
  format: PackFormat;
  python: PythonCode;
  /** What clusters say; null where none may be asked. */
  registry: Pick<PackRegistry, "inspect" | "registered"> | null;
  /** The largest repository that is fetched, in bytes. */
  maxRepoBytes: number;
  /** The files of a folder as a repository's tree. */
  openTree: (repo: string, folder: string) => Promise<PackTree>;
}

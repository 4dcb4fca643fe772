import type { PackRepos } from "../../core/ports/index.ts";
import { type GitOptions, withDefaults } from "./config.ts";
import { fetchRepo } from "./fetch.ts";
import { resolveRepo } from "./resolve.ts";

export type { GitOptions } from "./config.ts";
export { openTree } from "./open-tree.ts";

/** Repositories of packs by the git program. */
export function createGit(options: GitOptions): PackRepos {
  const git = withDefaults(options);
  return {
    resolve: (repo, signal) => resolveRepo(repo, git, signal),
    fetch: (order, signal) => fetchRepo(order, git, signal),
  };
}

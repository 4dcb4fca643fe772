import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createGit } from "../../../adapters/git/index.ts";
import type { MemoryContent, MemoryTree } from "../../../fixtures/memory-repos/index.ts";
import { packReposContract } from "../../contract/pack-repos.ts";
import { tempFolder } from "../../support/sqlite.ts";
import { createRepository, runGit } from "./repository.ts";

/** A commit of any tree, also of one that git itself would not make. */
function commitTree(dir: string, tree: MemoryTree): string {
  runGit(dir, ["read-tree", "--empty"]);
  for (const [path, content] of Object.entries(tree)) {
    const [mode, object] = objectOf(dir, content);
    runGit(dir, ["update-index", "--add", "--cacheinfo", `${mode},${object},${path}`]);
  }
  const commit = runGit(dir, ["commit-tree", runGit(dir, ["write-tree"]), "-m", "x"]);
  return commit;
}

function objectOf(dir: string, content: MemoryContent): readonly [string, string] {
  const blob = (text: string) => runGit(dir, ["hash-object", "-w", "--stdin"], text);
  if (typeof content === "string") return ["100644", blob(content)];
  if ("program" in content) return ["100755", blob(content.program)];
  return "link" in content ? ["120000", blob(content.link)] : ["160000", content.submodule];
}

packReposContract("git", async () => {
  const temp = tempFolder();
  const scratch = join(temp.path, "scratch");
  mkdirSync(scratch);
  const { dir } = createRepository(join(temp.path, "git", "packs"));
  return {
    repos: createGit({ home: temp.path, secretOf: () => undefined, scratch, lookEveryMs: 5 }),
    commit: (tree) => {
      const commit = commitTree(dir, tree);
      // What nothing refers to is not handed out by every server.
      runGit(dir, ["update-ref", `refs/kept/${commit}`, commit]);
      runGit(dir, ["update-ref", "refs/heads/main", commit]);
      return commit;
    },
    tag: (name, commit) => void runGit(dir, ["tag", name, commit]),
    remove: () => rmSync(dir, { recursive: true }),
    repo: (at) => ({ name: "packs", url: "./git/packs", folders: ["./git"], at }),
    folder: () => mkdtempSync(join(temp.path, "into-")),
    close: async () => temp.remove(),
  };
});

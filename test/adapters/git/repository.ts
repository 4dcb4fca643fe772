import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { createGit } from "../../../adapters/git/index.ts";
import type { PackRepos } from "../../../core/ports/index.ts";
import type { PackRepo } from "../../../core/releases/index.ts";

const ENV = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  ...{ GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", HOME: "/nonexistent" },
  ...{ GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example", GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z" },
  ...{
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example",
    GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  },
};

/** A file's text, or where a link leads. */
export type Content = string | Buffer | { link: string };

/** A git repository of this test. */
export interface TestRepository {
  dir: string;
  git(...args: string[]): string;
  /** Puts files in place of all others and commits; gives the commit. */
  commit(files: Readonly<Record<string, Content>>): string;
  /** Commits a tree that git itself would not make: entries as `git mktree` reads them. */
  commitTree(entries: readonly string[]): string;
  /** The object of a text. */
  blob(text: string): string;
}

/** A folder for the test, and what reads repositories below it. */
export function aWorkshop(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), "whale-git-test-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const scratch = join(home, "scratch");
  mkdirSync(scratch);
  const repos: PackRepos = createGit({ home, secretOf: () => undefined, scratch, lookEveryMs: 5 });
  const packRepo = (at: PackRepo["at"], name = "repo"): PackRepo => ({
    ...{ name, url: `./git/${name}`, folders: ["./git"], at },
  });
  return {
    home,
    scratch,
    repos,
    packRepo,
    create: (name = "repo") => createRepository(join(home, "git", name)),
  };
}

/** Runs git as a person would. */
export function runGit(dir: string, args: readonly string[], input?: string): string {
  return execFileSync("git", args, { cwd: dir, env: ENV, ...(input === undefined ? {} : { input }) })
    .toString()
    .trim();
}

/** Makes one in a folder. */
export function createRepository(dir: string): TestRepository {
  mkdirSync(dir, { recursive: true });
  const git = (...args: string[]) => runGit(dir, args);
  git("init", "-q", "-b", "main");
  const commit: TestRepository["commit"] = (files) => {
    if (git("ls-files") !== "") git("rm", "-rqf", "--cached", ".");
    for (const [path, content] of Object.entries(files)) put(join(dir, path), content);
    git("add", "-f", "--", ...Object.keys(files));
    git("commit", "-qm", "x", "--allow-empty");
    return git("rev-parse", "HEAD");
  };
  const commitTree: TestRepository["commitTree"] = (entries) => {
    const tree = runGit(dir, ["mktree", "--missing"], `${entries.join("\n")}\n`);
    const made = git("commit-tree", tree, "-m", "x");
    git("update-ref", "refs/heads/main", made);
    return made;
  };
  return {
    dir,
    git,
    commit,
    commitTree,
    blob: (text) => runGit(dir, ["hash-object", "-w", "--stdin"], text),
  };
}

function put(path: string, content: Content): void {
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === "string" || Buffer.isBuffer(content)) {
    writeFileSync(path, content, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  } else symlinkSync(content.link, path);
}

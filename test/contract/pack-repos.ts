import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import type { FetchOutcome, PackRepos } from "../../core/ports/index.ts";
import type { PackRepo } from "../../core/releases/index.ts";
import type { MemoryTree } from "../../fixtures/memory-repos/index.ts";
import { testsOn } from "./harness.ts";

/** One repository, for one test. */
export interface ReposHarness {
  repos: PackRepos;
  /** Makes a commit of these files alone, to which the branch `main` moves. */
  commit(tree: MemoryTree): string;
  tag(name: string, commit: string): void;
  /** Takes the whole repository away. */
  remove(): void;
  /** As a set names it. */
  repo(at: PackRepo["at"]): PackRepo;
  /** An empty folder. */
  folder(): string;
  close(): Promise<void>;
}

const MB = 1_048_576;
const never = () => new AbortController().signal;
const ABSENT = "0123456789".repeat(4);

/** What every adapter of repositories promises. */
export function packReposContract(name: string, open: () => Promise<ReposHarness>): void {
  describe(`pack repositories: ${name}`, () => {
    resolving(open);
    fetching(open);
    refusing(open);
  });
}

function resolving(open: () => Promise<ReposHarness>): void {
  const test = testsOn(open);

  test("a branch, a tag and a commit are resolved by their full names", async ({ repos, repo, ...made }) => {
    const first = made.commit({ a: "1" });
    made.tag("v1", first);
    const second = made.commit({ a: "2" });
    const ask = (ref: string) => repos.resolve(repo({ ref }), never());
    assert.deepEqual(await ask("main"), { outcome: "resolved", ref: "refs/heads/main", commit: second });
    assert.deepEqual(await ask("v1"), { outcome: "resolved", ref: "refs/tags/v1", commit: first });
    assert.deepEqual(await ask(first), { outcome: "resolved", ref: first, commit: first });
  });

  test("a name that is both is refused, its full name is not", async ({ repos, repo, ...made }) => {
    made.tag("main", made.commit({ a: "1" }));
    const ask = async (ref: string) => (await repos.resolve(repo({ ref }), never())).outcome;
    assert.deepEqual([await ask("main"), await ask("refs/tags/main")], ["refused", "resolved"]);
    assert.deepEqual([await ask("gone"), await ask("--upload-pack=id")], ["absent", "refused"]);
  });

  test("a range is its highest tag, unless two commits have that version", async ({
    repos,
    repo,
    ...made
  }) => {
    const first = made.commit({ a: "1" });
    for (const tag of ["v1.2.0", "1.10.0", "2.0.0", "nightly", "1.11.0-rc.1"]) made.tag(tag, first);
    const ask = (range: string) => repos.resolve(repo({ range }), never());
    assert.deepEqual(await ask("^1.0"), { outcome: "resolved", ref: "refs/tags/1.10.0", commit: first });
    assert.equal((await ask("^3")).outcome, "absent");
    made.tag("v1.10.0", made.commit({ a: "2" }));
    assert.equal((await ask("^1.0")).outcome, "refused");
  });
}

function fetching(open: () => Promise<ReposHarness>): void {
  const test = testsOn(open);

  test("the files of a commit are written as they are, links to files as those", async (it) => {
    const tree = { "pack.yaml": "ref: disk\n", "actions/run.sh": { program: "#!/bin/sh\n" }, 名称: "" };
    const commit = it.commit({ ...tree, "actions/lib": { link: "../pack.yaml" } });
    const into = it.folder();
    const fetched = await it.repos.fetch(orderOf(it, commit, into), never());
    assert.deepEqual(fetched, { outcome: "fetched", bytes: 30, files: 4 });
    const files = readdirSync(into, { recursive: true }).map(String).sort();
    assert.deepEqual(files, ["actions", "actions/lib", "actions/run.sh", "pack.yaml", "名称"]);
    assert.equal(readFileSync(join(into, "actions/lib"), "utf8"), "ref: disk\n");
    const modes = ["actions/run.sh", "pack.yaml"].map((path) => statSync(join(into, path)).mode & 0o111);
    assert.deepEqual(modes, [0o111, 0]);
  });

  test("an earlier commit is had after its branch has moved on", async (it) => {
    const first = it.commit({ a: "1" });
    it.commit({ b: "2" });
    const into = it.folder();
    assert.equal((await it.repos.fetch(orderOf(it, first, into), never())).outcome, "fetched");
    assert.deepEqual(readdirSync(into), ["a"]);
  });
}

const UNSAFE: readonly (readonly [string, MemoryTree])[] = [
  ["a link that leads out", { a: { link: "../../etc/passwd" } }],
  ["a link to an absolute path", { a: { link: "/etc/passwd" } }],
  ["a link to nothing", { a: { link: "gone" } }],
  ["a submodule", { a: "1", sub: { submodule: ABSENT } }],
  ["more than its limit", { a: "x".repeat(2 * MB) }],
];

function refusing(open: () => Promise<ReposHarness>): void {
  const test = testsOn(open);

  for (const [what, tree] of UNSAFE) {
    test(`${what} is unsafe, and leaves the folder empty`, async (it) => {
      const commit = it.commit(tree);
      const into = it.folder();
      assert.equal((await it.repos.fetch(orderOf(it, commit, into), never())).outcome, "unsafe");
      assert.deepEqual(readdirSync(into), []);
    });
  }

  test("a commit that is not there is absent, and no other name will do", async (it) => {
    it.commit({ a: "1" });
    const outcome = async (commit: string): Promise<FetchOutcome["outcome"]> => {
      return (await it.repos.fetch(orderOf(it, commit, it.folder()), never())).outcome;
    };
    assert.deepEqual([await outcome(ABSENT), await outcome("main")], ["absent", "refused"]);
  });

  test("a folder that holds something is left as it is", async (it) => {
    const commit = it.commit({ a: "1" });
    const into = it.folder();
    writeFileSync(join(into, "kept"), "x");
    assert.equal((await it.repos.fetch(orderOf(it, commit, into), never())).outcome, "refused");
    assert.deepEqual(readdirSync(into), ["kept"]);
  });

  test("who is stopped before gets nothing", async (it) => {
    const commit = it.commit({ a: "1" });
    const into = it.folder();
    assert.equal((await it.repos.fetch(orderOf(it, commit, into), AbortSignal.abort())).outcome, "canceled");
    assert.deepEqual(readdirSync(into), []);
  });

  test("a repository that is gone is refused", async (it) => {
    const commit = it.commit({ a: "1" });
    it.remove();
    assert.equal((await it.repos.resolve(it.repo({ ref: "main" }), never())).outcome, "refused");
    assert.equal((await it.repos.fetch(orderOf(it, commit, it.folder()), never())).outcome, "refused");
  });
}

function orderOf({ repo }: Pick<ReposHarness, "repo">, commit: string, into: string) {
  return { repo: repo({ ref: "main" }), commit, into, maxBytes: MB };
}

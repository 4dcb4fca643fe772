import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { aWorkshop } from "./repository.ts";

const GIGABYTE = 2 ** 30;
const missing = !existsSync("/usr/bin/git") && "not installed: git";

test("a repository with a file of one gigabyte, small as it comes, is refused by name and leaves nothing", {
  skip: missing,
}, async (t) => {
  const { home, scratch, create, repos, packRepo } = aWorkshop(t);
  const made = create();
  const hash = "head -c 1073741824 /dev/zero | git -c core.compression=1 hash-object -w --stdin";
  const blob = execFileSync("/bin/sh", ["-c", hash], { cwd: made.dir }).toString().trim();
  const commit = made.commitTree([`100644 blob ${blob}\tlarge`]);
  const into = join(home, "tree");
  const order = { repo: packRepo({ ref: "main" }), commit, into, maxBytes: GIGABYTE / 2 };
  const fetched = await repos.fetch(order, new AbortController().signal);
  assert.equal(fetched.outcome, "unsafe");
  assert.match(JSON.stringify(fetched), /超过上限|太大/);
  assert.deepEqual([readdirSync(into), readdirSync(scratch)], [[], []]);
});

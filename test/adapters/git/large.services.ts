import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { aWorkshop } from "./repository.ts";

/** A gigabyte takes eight times as long to make and is refused by the same count. */
const LARGE = 2 ** 27;
const missing = !existsSync("/usr/bin/git") && "not installed: git";

test("a repository with a file far above its limit, small as it comes, is refused by name and leaves nothing", {
  skip: missing,
}, async (t) => {
  const { home, scratch, create, repos, packRepo } = aWorkshop(t);
  const made = create();
  const hash = `head -c ${LARGE} /dev/zero | git -c core.compression=1 hash-object -w --stdin`;
  const blob = execFileSync("/bin/sh", ["-c", hash], { cwd: made.dir }).toString().trim();
  const commit = made.commitTree([`100644 blob ${blob}\tlarge`]);
  const into = join(home, "tree");
  const order = { repo: packRepo({ ref: "main" }), commit, into, maxBytes: LARGE / 2 };
  const fetched = await repos.fetch(order, new AbortController().signal);
  assert.equal(fetched.outcome, "unsafe");
  assert.match(JSON.stringify(fetched), /超过上限|太大/);
  assert.deepEqual([readdirSync(into), readdirSync(scratch)], [[], []]);
});

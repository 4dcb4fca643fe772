import assert from "node:assert/strict";
import { readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readLocalToken, writeLocalToken } from "../../../adapters/local/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = tempFolder();
  t.after(folder.remove);
  return folder.path;
}

test("is read back, for its owner alone, and leaves no other file", async (t) => {
  const dir = folderOf(t);
  await writeLocalToken(dir, "one");
  assert.equal(await readLocalToken(dir), "one");
  assert.equal(statSync(join(dir, "local-token")).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dir), ["local-token"]);
});

test("replaces the one before, which others could read, with a file of its own", async (t) => {
  const dir = folderOf(t);
  writeFileSync(join(dir, "local-token"), "old", { mode: 0o644 });
  const before = statSync(join(dir, "local-token")).ino;
  await writeLocalToken(dir, "two");
  const after = statSync(join(dir, "local-token"));
  assert.equal(await readLocalToken(dir), "two");
  assert.deepEqual([after.mode & 0o777, after.ino === before], [0o600, false]);
});

test("does not write through what a crash or a stranger has left beside it", async (t) => {
  const dir = folderOf(t);
  const target = join(dir, "target");
  writeFileSync(target, "untouched");
  symlinkSync(target, join(dir, "local-token.new"));
  await writeLocalToken(dir, "three");
  assert.equal(await readLocalToken(dir), "three");
  assert.equal(statSync(target).size, "untouched".length);
});

test("says that nobody runs there when there is none", async (t) => {
  const reading = readLocalToken(join(folderOf(t), "none"));
  await assert.rejects(reading, { code: "local_token.unreadable", message: /没有在运行.*ENOENT/ });
});

test("fails when the folder is not there", async (t) => {
  const writing = writeLocalToken(join(folderOf(t), "none"), "x");
  await assert.rejects(writing, { code: "local_token.not_written", message: /ENOENT/ });
});

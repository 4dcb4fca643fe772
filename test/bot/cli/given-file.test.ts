import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readGivenFile } from "../../../bot/cli/given-file.ts";
import { requestOf } from "../../../bot/cli/try-source.ts";
import { tempFolder } from "../../support/sqlite.ts";

test("a file that cannot be read is named, with what is wrong with it", (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const missing = join(folder.path, "gone.json");
  const refusal = (message: RegExp) => ({ code: "cli.bad_file", message });
  assert.throws(() => readGivenFile(missing), refusal(/gone\.json：没有这个文件 \(there is no such file\)$/));
  assert.throws(() => readGivenFile(folder.path), refusal(/文件夹，应为文件/));
  writeFileSync(join(folder.path, "a"), "x");
  assert.throws(() => readGivenFile(join(folder.path, "a", "b")), refusal(/没有这个文件/));
  assert.equal(readGivenFile(join(folder.path, "a")).toString(), "x");
});

test("a body to be tried is named where it is missing, and its headers where they are no JSON", (t) => {
  const folder = tempFolder();
  t.after(folder.remove);
  const file = join(folder.path, "body.json");
  assert.throws(() => requestOf(file), { code: "cli.bad_file", message: /body\.json：没有这个文件/ });
  writeFileSync(file, "{}");
  writeFileSync(join(folder.path, "body.headers.json"), "{");
  assert.throws(() => requestOf(file), { code: "cli.bad_file", message: /body\.headers\.json：不是 JSON/ });
});

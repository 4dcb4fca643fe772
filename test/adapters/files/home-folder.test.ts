import assert from "node:assert/strict";
import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cronFault } from "../../../adapters/cron/index.ts";
import { createHomeFolder, type Overlay } from "../../../adapters/files/index.ts";
import { aHomeDir, type Files, NOW_MS } from "./home-dir.ts";

function folderOf(t: TestContext, files: Files = {}) {
  const dir = aHomeDir(t, files);
  return {
    dir,
    folder: createHomeFolder({ dir, env: {}, nowMs: () => NOW_MS, kinds: ["generic"], cronFault }),
  };
}

const TYPE = "event-types/disk.yaml";

test("loads the home as it would be with a file changed, added and removed, and writes nothing", async (t) => {
  const { dir, folder } = folderOf(t, { "sources/two.yaml": "name: two\nkind: generic\nauth: none\n" });
  const overlay: Overlay = new Map([
    [TYPE, "type: disk.full\ntitle: 新\nowner: sre\n"],
    ["event-types/more.yaml", "type: more\ntitle: 更多\nowner: sre\n"],
    ["sources/two.yaml", null],
  ]);
  const loading = await folder.load(overlay);
  const home = loading.outcome === "loaded" ? loading.home : null;
  assert.deepEqual(
    home?.eventTypes.map(({ type, title }) => [type, title]),
    [
      ["disk.full", "新"],
      ["more", "更多"],
    ],
  );
  assert.deepEqual(
    home?.sources.map(({ name }) => name),
    ["open"],
  );
  assert.equal(readFileSync(join(dir, TYPE), "utf8").includes("新"), false);
  assert.deepEqual(readdirSync(join(dir, "event-types")), ["disk.yaml"]);
});

test("refuses a text that is no file yet as it would refuse the file", async (t) => {
  const { folder } = folderOf(t);
  const refused = async (text: string | null) => {
    const loading = await folder.load(new Map([[TYPE, text]]));
    return loading.outcome === "refused" ? loading.problems.map(({ file, field }) => `${file} ${field}`) : [];
  };
  assert.deepEqual(await refused("type: disk.full\n"), [`${TYPE} title`, `${TYPE} owner`]);
  assert.deepEqual(await refused(`type: disk.full\ntitle: a\nowner: ${"x".repeat(1_048_576)}\n`), [
    `${TYPE} `,
  ]);
  assert.deepEqual(await refused(null), ["rules/r.yaml on[0]"]);
});

test("writes a new file, replaces it and removes it, and leaves nothing else behind", async (t) => {
  const { dir, folder } = folderOf(t);
  assert.equal(await folder.read("event-types/a.yaml"), null);
  await folder.write("event-types/a.yaml", "type: a\n");
  await folder.write("event-types/a.yaml", "type: 甲\n");
  assert.equal(await folder.read("event-types/a.yaml"), "type: 甲\n");
  assert.deepEqual(readdirSync(join(dir, "event-types")), ["a.yaml", "disk.yaml"]);
  await folder.write("event-types/a.yaml", null);
  await folder.write("event-types/a.yaml", null);
  assert.deepEqual(readdirSync(join(dir, "event-types")), ["disk.yaml"]);
});

test("keeps a file's permissions, and replaces the file behind a link", async (t) => {
  const { dir, folder } = folderOf(t);
  chmodSync(join(dir, TYPE), 0o600);
  await folder.write(TYPE, "type: a\n");
  assert.equal(statSync(join(dir, TYPE)).mode & 0o777, 0o600);
  writeFileSync(join(dir, "real.txt"), "old");
  symlinkSync(join("..", "real.txt"), join(dir, "event-types/link.yaml"));
  await folder.write("event-types/link.yaml", "new");
  assert.equal(readlinkSync(join(dir, "event-types/link.yaml")), join("..", "real.txt"));
  assert.equal(readFileSync(join(dir, "real.txt"), "utf8"), "new");
});

test("says what cannot be written, and leaves the file before as it was", async (t) => {
  const { dir, folder } = folderOf(t);
  const failed = { name: "ChatOpsError", code: "files.write_failed", retryable: false };
  await assert.rejects(folder.write("no-such-folder/a.yaml", "x"), failed);
  await assert.rejects(folder.write("event-types", "x"), failed);
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.endsWith(".tmp")),
    [],
  );
  assert.deepEqual(readdirSync(join(dir, "event-types")), ["disk.yaml"]);
});

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { parseDocument } from "yaml";
import { testLines } from "../../../bot/cli/pack-tools.ts";
import {
  checkFolder,
  PACK_NAME,
  packFiles,
  runPackTests,
  SCAFFOLDS,
  type Scaffold,
} from "../../../bot/packs/index.ts";
import { packTools } from "../../../bot/wire-packs.ts";
import { tempFolder } from "../../support/sqlite.ts";

const ENV = { PATH: process.env["PATH"], SECRET: "s3cret" };

function aFolder(t: TestContext): string {
  const { path, remove } = tempFolder();
  t.after(remove);
  return path;
}

function aPack(t: TestContext, kind: Scaffold): string {
  const folder = join(aFolder(t), "sample");
  for (const { path, text, executable } of packFiles("sample", kind)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (executable) chmodSync(join(folder, path), 0o755);
  }
  return folder;
}

for (const kind of SCAFFOLDS) {
  test(`a new ${kind} pack reads as YAML and passes its own tests`, async (t) => {
    for (const { path, text } of packFiles("sample", kind)) {
      if (path.endsWith(".yaml")) assert.deepEqual(parseDocument(text).errors, [], path);
    }
    const runs = await runPackTests(aPack(t, kind), ENV);
    // A machine of a user need not have Python.
    if (kind === "python" && runs[0]?.outcome === "missing") return t.skip("no python3");
    assert.deepEqual(
      runs.map(({ outcome, output }) => (outcome === "passed" ? outcome : output)),
      ["passed"],
    );
  });
}

test("a test that fails is told with what it wrote, and a pack without tests is no failure", async (t) => {
  const folder = aPack(t, "shell");
  writeFileSync(join(folder, "tests/test_hello.sh"), "echo secret: $SECRET; exit 3\n");
  const [run] = await runPackTests(folder, ENV);
  assert.deepEqual([run?.outcome, run?.output], ["failed", "secret:\n"]);
  assert.deepEqual(testLines(run ? [run] : [])[0], "  secret:");
  assert.deepEqual(await runPackTests(aFolder(t), ENV), []);
});

test("a program that is not there is told, not taken for a failing test", async (t) => {
  const [run] = await runPackTests(aPack(t, "python"), { PATH: "/nowhere" });
  assert.equal(run?.outcome, "missing");
});

test("a new pack passes the checks, and one whose entry point is gone does not", async (t) => {
  const tools = packTools({ home: "/", env: ENV, registry: null });
  const errorsIn = async (folder: string) => {
    const problems = await checkFolder(folder, tools, new AbortController().signal);
    return problems.filter(({ level }) => level === "error").map(({ check }) => check);
  };
  for (const kind of SCAFFOLDS) assert.deepEqual(await errorsIn(aPack(t, kind)), [], kind);
  const broken = aPack(t, "shell");
  rmSync(join(broken, "actions/hello.sh"));
  assert.deepEqual(await errorsIn(broken), ["entry-point"]);
});

test("names of packs are what every cluster takes", () => {
  for (const name of ["disk", "a1_b"]) assert.ok(PACK_NAME.test(name), name);
  for (const name of ["", "Disk", "1a", "../x", "a-b", "a/b", "a.b", "核"])
    assert.ok(!PACK_NAME.test(name), name);
});

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseEnv } from "node:util";
import { formatFaults, readEnvFile, readEnvironment } from "../../../bot/config/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

const NEEDED = [
  "WECOM_CORP_ID=ww0123456789abcd",
  "WECOM_SECRET=corp-secret-of-this-test",
  "WECOM_AGENT_ID=1000002",
  "WECOM_TOKEN=callbackTokenOfThisTest",
  "WECOM_AES_KEY=SeBVUYe9h0l0TJ6tFPE1XbwzBITL0LcOrp8aQ6JhNe0",
];

/** What is said of a `.env` with these lines before what is needed, in an environment of its own. */
function said(t: TestContext, lines: string[], own: Record<string, string> = {}): string {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const text = [...lines, ...NEEDED].join("\n");
  writeFileSync(join(folder.path, ".env"), text);
  const read = readEnvironment({ ...parseEnv(text), ...own }, folder.path, () => null);
  return read.outcome === "refused" ? formatFaults(read.faults) : "";
}

test("a bad value is named with the line of .env that it came from", (t) => {
  const told = said(t, ["# where", "", "export PORT=http", "LOG_LEVEL='loud' # why"]);
  assert.match(told, /^ {2}\.env:3 PORT = "http": /m);
  assert.match(told, /^ {2}\.env:4 LOG_LEVEL = "loud": /m);
});

test("of a name that is there twice the last line counts, as in the environment", (t) => {
  assert.match(said(t, ["PORT=80", "PORT=x"]), /\.env:2 PORT = "x"/);
});

test("a value of the environment that goes before the file's has no line", (t) => {
  assert.match(said(t, ["PORT=80"], { PORT: "x" }), /^ {2}PORT = "x": /m);
});

test("a line that is no NAME=value is refused and not shown", (t) => {
  const told = said(t, ["PORT 8080", "WECOM_SECRET: hush"]);
  assert.match(told, /^ {2}\.env:1: /m);
  assert.match(told, /^ {2}\.env:2: /m);
  assert.doesNotMatch(told, /8080|hush/);
});

test("a good file, none, and a folder of that name say nothing", (t) => {
  assert.equal(said(t, ["PORT=8080"]), "");
  const folder = tempFolder();
  t.after(() => folder.remove());
  const env = parseEnv(NEEDED.join("\n"));
  assert.equal(readEnvironment(env, folder.path, () => null).outcome, "read");
  mkdirSync(join(folder.path, ".env"));
  assert.equal(readEnvironment(env, folder.path, () => null).outcome, "read");
});

describe("the lines of a .env file", () => {
  test("a value in quotes goes over lines, and what is in it is no line of its own", () => {
    const text = "A=\"one\nB: two\nC=three\"\nD=`x`\nE='y'\n";
    const { lineOf, badLines } = readEnvFile(text);
    assert.deepEqual(
      [...lineOf],
      [
        ["A", 1],
        ["D", 4],
        ["E", 5],
      ],
    );
    assert.deepEqual(badLines, []);
  });

  test("names are those that Node reads", () => {
    const text = "A=1\n  B = 2\nexport C=3\r\n#D=4\nE=\n";
    assert.deepEqual([...readEnvFile(text).lineOf.keys()], Object.keys(parseEnv(text)));
  });
});

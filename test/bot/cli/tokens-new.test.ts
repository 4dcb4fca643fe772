import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { tokenHash } from "../../../core/people/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");
const run = promisify(execFile);

function tokensNew(cwd: string, ...given: string[]) {
  return run(process.execPath, [WHALE, "tokens", "new", ...given], { cwd });
}

function folderOf(t: TestContext): string {
  const folder = tempFolder();
  t.after(folder.remove);
  return folder.path;
}

describe("whale tokens new", { concurrency: 2 }, () => {
  test("prints a token once and the entry with its hash, and writes nothing", async (t) => {
    const folder = folderOf(t);
    const given = ["--user", "ZhangSan", "--rights", "events.read, events.send", "--expires", "90d"];
    const { stdout } = await tokensNew(folder, ...given);
    const token = /^[\w-]{43}$/m.exec(stdout)?.[0] ?? "";
    assert.equal(stdout.split(token).length, 2);
    const [entry] = parse(stdout.slice(stdout.indexOf("  - id"))) as Record<string, unknown>[];
    assert.equal(entry?.["hash"], tokenHash(token));
    assert.deepEqual([entry?.["user"], entry?.["rights"]], ["zhangsan", ["events.read", "events.send"]]);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("names a right that does not exist, prints no token and ends with 1", async (t) => {
    const given = ["--user", "zhangsan", "--rights", "event.read", "--expires", "90d"];
    const expected = {
      code: 1,
      stdout: "",
      stderr: /rights\[0\] = "event\.read": 没有这个权限，是不是 events\.read/,
    };
    await assert.rejects(tokensNew(folderOf(t), ...given), expected);
  });
});

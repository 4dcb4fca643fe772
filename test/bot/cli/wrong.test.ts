import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const WHALE = join(import.meta.dirname, "..", "..", "..", "bot/cli/whale.ts");

function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [WHALE, ...args], { env: {} }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const WRONG: [args: string[], said: RegExp][] = [
  [["nosuch"], /^没有这个命令 · error: unknown command 'nosuch'/],
  [["rules", "test", "--nosuch"], /^没有这个选项 · error: unknown option '--nosuch'/],
  [["explain"], /^缺少参数 · error: missing required argument/],
];

for (const [args, said] of WRONG) {
  test(`a command line that is wrong is told so in both languages, once: ${args.join(" ")}`, async () => {
    const { status, stdout, stderr } = await run(...args);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, said);
    assert.equal(stderr.match(/error:/g)?.length, 1);
  });
}

test("help that is asked for is no error", async () => {
  const { status, stdout, stderr } = await run("rules", "--help");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /Usage: whale rules/);
});

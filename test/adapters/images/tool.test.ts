import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { runTool } from "../../../adapters/images/tool.ts";

const env = { PATH: "/usr/bin:/bin" };

async function shell(script: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  const end = await runTool({
    program: "/bin/sh",
    args: ["-c", script],
    env,
    input: "read\n",
    redact: (line) => line.replaceAll("hunter22", "***"),
    onLine,
    signal,
  });
  return { end, lines };
}

test("lines of both outputs come plain and cut to a length", async () => {
  const { end, lines } = await shell(
    "read a; echo $a; printf '\\033[31m99%%\\033[0m\\n'; echo >&2 wrong; printf '%05000d\\n' 0; exit 2",
  );
  assert.deepEqual(end, { outcome: "ended", status: 2 });
  assert.deepEqual(lines.filter((line) => line.length < 10).sort(), ["99%", "read", "wrong"]);
  assert.ok(lines.every((line) => line.length <= 2_001));
});

test("a secret that would be cut is hidden before the line is cut", async () => {
  const { lines } = await shell("printf '%01996d' 0; echo hunter22");
  assert.deepEqual(lines, [`${"0".repeat(1996)}***`]);
});

test("a program that is not there is told apart from one that fails", async () => {
  const signal = new AbortController().signal;
  const end = await runTool({
    program: "/no/such",
    args: [],
    env,
    redact: String,
    onLine: () => undefined,
    signal,
  });
  assert.equal(end.outcome, "missing");
});

test("a cancel ends what the program started too", async () => {
  const cancel = new AbortController();
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    cancel.abort();
  };
  const script = "sleep 1000 & echo $!; wait";
  const end = await runTool({
    program: "/bin/sh",
    args: ["-c", script],
    env,
    redact: String,
    onLine,
    signal: cancel.signal,
  });
  assert.equal(end.outcome, "canceled");
  assert.match(lines[0] ?? "", /^\d+$/);
  assert.equal(existsSync(`/proc/${lines[0]}/cwd`), false);
});

test("what outlives its program does not hold it up", async () => {
  const { end } = await shell("sleep 1000 & exit 0");
  assert.deepEqual(end, { outcome: "ended", status: 0 });
});

import assert from "node:assert/strict";
import { getCompileCacheDir } from "node:module";
import { type TestContext, test } from "node:test";
import { createWorkerClient, type WorkerClient } from "../../../../adapters/sqlite/archive/worker-client.ts";
import { recordingLog, silentLog } from "../../../support/log.ts";

const SCRIPT = `
  import { parentPort, workerData } from "node:worker_threads";
  parentPort.on("message", ({ id, op, input }) => {
    if (op === "exit") process.exit(3);
    if (op === "throw") throw new Error("broken inside");
    if (op === "say nothing") return;
    if (op === "fail") {
      parentPort.postMessage({ id, ok: false, fault: { code: "archive.failed", message: "no room", retryable: true } });
      return;
    }
    const output = op === "environment" ? Object.keys(process.env) : [op, input, workerData];
    parentPort.postMessage({ id, ok: true, output });
  });
`;
const URL_OF_SCRIPT = new URL(`data:text/javascript,${encodeURIComponent(SCRIPT)}`);

function start(context: TestContext, timeoutMs = 20_000, log = silentLog): WorkerClient {
  const client = createWorkerClient({ url: URL_OF_SCRIPT, workerData: "data", timeoutMs, log });
  context.after(() => client.close());
  return client;
}

test("gives each question its own answer", async (t) => {
  const client = start(t);
  const answers = await Promise.all([client.ask("a", 1), client.ask("b", { deep: [2] }), client.ask("c")]);
  assert.deepEqual(answers, [
    ["a", 1, "data"],
    ["b", { deep: [2] }, "data"],
    ["c", undefined, "data"],
  ]);
});

test("throws the failure that the worker tells of, with its code", async (t) => {
  const facts = { name: "ChatOpsError", code: "archive.failed", message: "no room", retryable: true };
  await assert.rejects(start(t).ask("fail"), facts);
});

for (const death of ["exit", "throw"]) {
  test(`rejects all that wait when the worker ends by ${death}, and starts a new one with the next question`, async (t) => {
    const log = recordingLog();
    const client = start(t, 20_000, log);
    const facts = { code: "archive.crashed", retryable: true, reached: "maybe" };
    await Promise.all([
      assert.rejects(client.ask("say nothing"), facts),
      assert.rejects(client.ask(death), facts),
      assert.rejects(client.ask("behind it"), facts),
    ]);
    assert.deepEqual(await client.ask("again"), ["again", undefined, "data"]);
    assert.equal(log.lines.length, 1);
    assert.partialDeepStrictEqual(log.lines[0]?.fields, { waiting: 3 });
  });
}

test("gives up on one question after the time allowed and still answers the next", async (t) => {
  const client = start(t, 20_000);
  await client.ask("warm up");
  const hasty = start(t, 1);
  const facts = { code: "archive.timeout", retryable: true, message: /"say nothing" within 1 ms/ };
  await assert.rejects(hasty.ask("say nothing"), facts);
  assert.deepEqual(await client.ask("next"), ["next", undefined, "data"]);
});

test("refuses what no thread can be sent, and goes on", async (t) => {
  const client = start(t);
  await assert.rejects(client.ask("x", { call: () => 1 }), { code: "archive.failed", retryable: false });
  assert.deepEqual(await client.ask("y", 1), ["y", 1, "data"]);
});

test("hands the worker nothing of the environment but where compiled code is kept", async (t) => {
  const names = (await start(t).ask("environment")) as string[];
  assert.deepEqual(names, getCompileCacheDir() === undefined ? [] : ["NODE_COMPILE_CACHE"]);
});

test("refuses questions after it was closed, also when no worker was ever started", async (t) => {
  const client = start(t);
  await client.close();
  await assert.rejects(client.ask("x"), { code: "archive.closed", reached: "no" });
});

test("says in the log when the worker did not close in time, and ends it all the same", async (t) => {
  const log = recordingLog();
  const client = start(t, 20_000, log);
  const dying = assert.rejects(client.ask("exit"), { code: "archive.crashed" });
  await Promise.all([client.close(), dying]);
  assert.ok(log.lines.some((line) => line.message === "archive worker did not close its file"));
});

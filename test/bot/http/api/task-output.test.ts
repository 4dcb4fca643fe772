import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatOpsError } from "../../../../core/errors.ts";
import type { Executor } from "../../../../core/ports/index.ts";
import type { Task } from "../../../../core/tasks/index.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../../support/tasks.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const { cardSent, approve, intend, started } = inputs;
const running = () => walk(aMadeTask(), cardSent, approve, intend, started);

async function stored(api: ApiServer, task: Task): Promise<string> {
  await api.store().tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
  return `/api/v1/tasks/${task.id}/output`;
}

test("the output of a run is a text in which secrets are hidden, and who reads it is recorded first", async (t) => {
  const api = await apiServer(t, { executor: { output: async () => "one\nthe s3cret\n" } });
  const answer = await api.call("GET", await stored(api, running()));
  assert.deepEqual([answer.status, answer.body], [200, "one\nthe ********\n"]);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(answer.headers.get("content-disposition") ?? "", /attachment/);
  assert.deepEqual(api.asked, ["zhangsan tasks.read -"]);
  const [entry] = (await api.store().audit.read(0, 100)).filter(({ what }) => what === "tasks.output");
  assert.deepEqual([entry?.who, entry?.detail["command"]], ["zhangsan", "download"]);
});

test("a result that is known is told without asking the engine", async (t) => {
  const output = () => Promise.reject(new Error("must not be asked"));
  const api = await apiServer(t, { executor: { output } });
  const task = running();
  const execution = { ...anExecution("succeeded"), result: { stdout: "done" } };
  assert.equal((await api.call("GET", await stored(api, { ...task, execution }))).body, "done");
});

test("followed, each line comes when it is there, until the run ends", async (t) => {
  const tail: Executor["tail"] = async (_, onText) => {
    onText("the s3");
    onText("cret\nmore");
    return { outcome: "ended" };
  };
  const api = await apiServer(t, { executor: { tail } });
  const answer = await api.call("GET", `${await stored(api, running())}?follow=1`);
  assert.deepEqual([answer.status, answer.body], [200, "the ********\nmore"]);
  assert.equal(answer.headers.get("content-length"), null);
});

test("what is cut off breaks the connection, and a reader that goes is heard for no more", async (t) => {
  const left = Promise.withResolvers<void>();
  const tail: Executor["tail"] = async (_, onText, signal) => {
    onText("one\n");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    left.resolve();
    return { outcome: "cut", message: "gone" };
  };
  const api = await apiServer(t, { executor: { tail } });
  const path = `${await stored(api, running())}?follow=1`;
  const reading = new AbortController();
  const answer = await fetch(api.origin() + path, {
    headers: { "x-who": "zhangsan" },
    signal: reading.signal,
  });
  const reader = answer.body?.getReader();
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), "one\n");
  reading.abort();
  await left.promise;
});

function result(path: string): string {
  return path.replace(/output$/, "result");
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

test("the whole result is a file that nothing runs, however it comes, in which secrets are hidden", async (t) => {
  const parts = ['{\n  "log": "the s3', 'cret and <script>",\n', '  "n": 1\n}'];
  const api = await apiServer(t, { executor: { result: async () => pieces(...parts) } });
  const task = { ...running(), state: "succeeded" as const };
  const answer = await api.call("GET", result(await stored(api, task)));
  assert.deepEqual([answer.status, answer.body], [200, { log: "the ******** and <script>", n: 1 }]);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
  assert.match(
    answer.headers.get("content-disposition") ?? "",
    /^attachment; filename="whale-\w+-result\.json"$/,
  );
  assert.match(answer.headers.get("content-security-policy") ?? "", /sandbox/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const [entry] = (await api.store().audit.read(0, 100)).filter(({ what }) => what === "tasks.output");
  assert.deepEqual([entry?.who, entry?.detail["command"]], ["zhangsan", "result"]);
});

test("a result that breaks off breaks the connection, and one that cannot be read is told", async (t) => {
  const refused = new ChatOpsError("refused", { code: "stackstorm.unreachable", retryable: true });
  async function* broken(): AsyncGenerator<string> {
    yield "{\n";
    throw refused;
  }
  const answers = [async () => broken(), () => Promise.reject(refused), async () => null];
  const api = await apiServer(t, { executor: { result: () => (answers.shift() ?? (async () => null))() } });
  const path = result(await stored(api, { ...running(), state: "failed" as const }));
  await assert.rejects(api.call("GET", path));
  const unread = await api.call("GET", path);
  assert.deepEqual([unread.status, unread.body.error.code], [503, "engine_unreachable"]);
  assert.equal((await api.call("GET", path)).body.error.code, "no_result");
});

test("a run that goes on has no result yet", async (t) => {
  const api = await apiServer(t);
  const answer = await api.call("GET", result(await stored(api, running())));
  assert.deepEqual([answer.status, answer.body.error.code], [404, "no_result"]);
});

test("who may not see the task, or names none, is told so", async (t) => {
  const api = await apiServer(t);
  const path = await stored(api, running());
  assert.equal((await api.call("GET", path, { who: "" })).status, 401);
  assert.equal((await api.call("GET", path, { headers: { "x-types": "vm.*" } })).status, 403);
  assert.equal((await api.call("GET", `/api/v1/tasks/t_${"a".repeat(52)}/output`)).status, 404);
});

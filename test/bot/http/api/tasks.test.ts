import assert from "node:assert/strict";
import { test } from "node:test";
import type { Execution } from "../../../../core/ports/index.ts";
import { currentDigest, type Task } from "../../../../core/tasks/index.ts";
import { aRule } from "../../../adapters/files/home-dir.ts";
import { START_MS } from "../../../support/clock.ts";
import { aMadeTask, anExecution, inputs, stepAt, walk } from "../../../support/tasks.ts";
import { type ApiServer, apiServer } from "./api-server.ts";

const { cardSent, approve, intend, started, lost, absent, ended } = inputs;
const running = () =>
  walk(aMadeTask(), cardSent, approve, intend, started, () => ({
    kind: "news",
    execution: anExecution("running"),
  }));
const unknown = () =>
  stepAt(walk(aMadeTask(), cardSent, approve, intend, lost), absent(), START_MS + 200_000).task;

async function stored(api: ApiServer, task: Task): Promise<string> {
  await api.store().tasks.make({ task: { ...task, revision: 1 }, outbox: [] });
  return task.id;
}

function order(api: ApiServer, id: string, what: string, call: object = {}) {
  return api.call("POST", `/api/v1/tasks/${id}/${what}`, { who: "user:lisi", ...call });
}

test("an order is stored for a worker to carry out, and answered with how the task stands", async (t) => {
  const api = await apiServer(t);
  const id = await stored(api, running());
  const answer = await order(api, id, "cancel");
  assert.equal(answer.status, 202);
  assert.deepEqual(answer.body, { task: id, state: "running", reason: "cancel_asked" });
  const task = await api.store().tasks.get(id);
  assert.deepEqual([task?.control?.what, task?.control?.by], ["cancel", "lisi"]);
  assert.deepEqual(api.asked, ["user:lisi tasks.control -"]);
});

test("the same Idempotency-Key of the same caller counts once", async (t) => {
  const api = await apiServer(t);
  const id = await stored(api, running());
  const headers = { "idempotency-key": "k1" };
  await order(api, id, "pause", { headers });
  const again = await order(api, id, "pause", { headers });
  assert.equal(again.status, 202);
  const other = await order(api, id, "pause", { headers, who: "user:wangwu" });
  assert.deepEqual([other.status, other.body.error.code], [409, "control_under_way"]);
});

test("an Idempotency-Key of another order is refused, and what it was sent with is not done", async (t) => {
  const api = await apiServer(t);
  const id = await stored(api, running());
  const headers = { "idempotency-key": "k1" };
  await order(api, id, "pause", { headers });
  const other = await order(api, id, "cancel", { headers });
  assert.deepEqual([other.status, other.body.error.code], [409, "key_reused"]);
  assert.match(other.body.error.message, /请换一个 \(.+use another\)/);
  assert.equal((await api.store().tasks.get(id))?.control?.what, "pause");
  const fresh = await order(api, id, "cancel", { headers: { "idempotency-key": "k2" } });
  assert.equal(fresh.status, 202);
  assert.equal((await api.store().tasks.get(id))?.control?.what, "cancel");
});

test("an Idempotency-Key of another retry is refused, and that of the same one gives its task", async (t) => {
  const api = await apiServer(t, { files: { "rules/r.yaml": aRule() } });
  const task = { ...walk(running(), ended("failed")), ruleId: "r" };
  const { rules } = api.inForce().current();
  const id = await stored(api, { ...task, ruleDigest: currentDigest({ rules, grants: [] }, task) ?? "" });
  const headers = { "idempotency-key": "k1" };
  const made = await order(api, id, "retry", { headers });
  assert.equal(made.status, 201);
  assert.deepEqual((await order(api, id, "retry", { headers, body: {} })).body, made.body);
  const other = await order(api, id, "retry", { headers, body: { rerun: "all" } });
  assert.deepEqual([other.status, other.body.error.code], [409, "key_reused"]);
});

test("who is not known, may not, or names no task is told so", async (t) => {
  const api = await apiServer(t);
  const id = await stored(api, running());
  assert.equal((await order(api, id, "cancel", { who: "" })).status, 401);
  assert.equal((await order(api, id, "cancel", { headers: { "x-types": "vm.*" } })).status, 403);
  for (const name of ["t_none", `t_${"a".repeat(52)}`]) {
    const answer = await order(api, name, "cancel");
    assert.deepEqual([answer.status, answer.body.error.code], [404, "unknown_task"]);
  }
  assert.equal((await api.store().tasks.get(id))?.control ?? null, null);
});

test("what cannot be done now is refused with a reason in both languages", async (t) => {
  const api = await apiServer(t);
  const id = await stored(api, running());
  const answer = await order(api, id, "resume");
  assert.equal(answer.status, 409);
  assert.equal(answer.body.error.code, "not_in_this_state");
  assert.match(answer.body.error.message, /当前状态不能这样操作 \(.+\)/);
  assert.equal((await order(api, id, "retry")).body.error.code, "not_in_this_state");
});

test("an execution is adopted by its id, after it was read", async (t) => {
  const startedAt = new Date(START_MS).toISOString();
  const seen = { ...anExecution("running"), action: "disk.cleanup", startedAt };
  const get = async (_: string, id: string): Promise<Execution | null> => {
    return id === seen.id ? { ...seen, parameters: { host: "vm-1" } } : null;
  };
  const api = await apiServer(t, { executor: { get } });
  const id = await stored(api, unknown());
  const bad = await order(api, id, "adopt", { body: { execution: "../x" } });
  assert.deepEqual([bad.status, bad.body.error.code], [422, "bad_execution"]);
  const gone = await order(api, id, "adopt", { body: { execution: "none" } });
  assert.deepEqual([gone.status, gone.body.error.code], [409, "no_such_execution"]);
  const good = await order(api, id, "adopt", {
    body: { execution: seen.id },
    headers: { "idempotency-key": "other" },
  });
  assert.equal(good.status, 202);
  assert.equal((await api.store().tasks.get(id))?.execution?.id, seen.id);
});

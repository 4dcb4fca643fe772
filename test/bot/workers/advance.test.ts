import assert from "node:assert/strict";
import { test } from "node:test";
import { createAdvancer } from "../../../bot/workers/index.ts";
import { shortApproval } from "../../../core/approvals/index.ts";
import type { TaskStore } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS, type Task } from "../../../core/tasks/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { aClick, aMadeTask, inputs } from "../../support/tasks.ts";
import { countedMetrics } from "./parts.ts";

async function setting(task: Task = aMadeTask(), wrap: (tasks: TaskStore) => TaskStore = (tasks) => tasks) {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  await store.tasks.make({ task, outbox: [] });
  const log = recordingLog();
  const metrics = countedMetrics();
  const advancer = createAdvancer({ tasks: wrap(store.tasks), clock, log, metrics }, DEFAULT_SETTINGS);
  return { task, store, clock, log, metrics, advancer };
}

function approval(by: string) {
  return { kind: "approve" as const, click: aClick({ by }) };
}

test("a move is stored with its revision and messages, counted, logged, and told to who listens", async () => {
  const { task, store, log, metrics, advancer } = await setting();
  const heard: Task[] = [];
  advancer.onMoved((moved) => heard.push(moved));

  const result = await advancer.advance(task, inputs.reject());
  assert.deepEqual([result.outcome, result.reason, result.stored], ["moved", "rejected_by_person", true]);
  const stored = await store.tasks.get(task.id);
  assert.equal(stored?.state, "rejected");
  assert.equal(stored?.revision, task.revision + 1);
  assert.deepEqual(heard, [stored]);
  assert.deepEqual(await store.outbox.depth(), { ended: 1, update: 1 });
  assert.equal(metrics.counts.get("task_steps{input=reject,outcome=moved,reason=rejected_by_person}"), 1);
  const { message, fields } = log.lines[0] ?? {};
  assert.deepEqual(
    [message, fields?.["from"], fields?.["to"]],
    ["task moved", "pending_approval", "rejected"],
  );
});

test("a refusal that teaches nothing stores nothing", async () => {
  const { task, store, advancer } = await setting();
  const result = await advancer.advance(task, { kind: "gone" });
  assert.deepEqual([result.outcome, result.reason, result.stored], ["refused", "not_in_this_state", false]);
  assert.deepEqual(await store.tasks.get(task.id), task);
});

test("two approvals at the same moment on the same revision are both counted", async () => {
  const from = { tag: "sre-oncall" };
  const rule = { approval: shortApproval({ from, need: 2, timeoutMs: 1_800_000, onTimeout: "reject" }) };
  const { task, store, advancer } = await setting(aMadeTask({ rule }));
  const [a, b] = await Promise.all([
    advancer.advance(task, approval("zhangsan")),
    advancer.advance(task, approval("lisi")),
  ]);
  assert.deepEqual([a.reason, b.reason].sort(), ["approved_by_person", "quorum_reached"]);
  const stored = await store.tasks.get(task.id);
  assert.equal(stored?.state, "approved");
  assert.deepEqual(stored?.decisions.map((decision) => decision.by).sort(), ["lisi", "zhangsan"]);
});

test("after a conflict the input is judged anew: the second of approve and reject is refused", async () => {
  const { task, store, advancer } = await setting();
  const results = await Promise.all([
    advancer.advance(task, inputs.reject()),
    advancer.advance(task, approval("lisi")),
  ]);
  assert.deepEqual(
    results.map(({ outcome, reason }) => [outcome, reason]),
    [
      ["moved", "rejected_by_person"],
      ["refused", "already_decided"],
    ],
  );
  assert.equal((await store.tasks.get(task.id))?.state, "rejected");
});

test("the same callback judged on an old copy of the task counts once", async () => {
  const { task, store, advancer } = await setting();
  const input = approval("zhangsan");
  await advancer.advance(task, input);
  const again = await advancer.advance(task, input);
  assert.deepEqual([again.outcome, again.reason], ["refused", "already_counted"]);
  assert.equal((await store.tasks.get(task.id))?.decisions.length, 1);
});

test("settles an outbox item in the same write, even when the task has learnt nothing", async () => {
  const task = aMadeTask();
  const { store, advancer } = await setting(task);
  await store.outbox.add([
    { key: "k", taskId: task.id, lane: 1, body: { kind: "card", cardNo: 1 }, dueAtMs: 0 },
  ]);
  const [claim] = await store.outbox.claim(1, 1000);
  const settles = { key: "k", fence: claim?.fence ?? 0 };
  const result = await advancer.advance(task, { kind: "gone" }, { settles });
  assert.deepEqual([result.outcome, result.stored], ["refused", true]);
  assert.deepEqual(await store.outbox.depth(), {});
});

test("an outbox item that is no longer the caller's is not settled and stops the move", async () => {
  const task = aMadeTask();
  const { store, advancer } = await setting(task);
  const settles = { key: "taken by another", fence: 1 };
  const moving = advancer.advance(task, inputs.cardSent(), { settles });
  await assert.rejects(moving, { code: "task.contended", retryable: true });
  assert.equal((await store.tasks.get(task.id))?.revision, task.revision);
});

test("a lease that went to another does not stop a move that the revision allows", async () => {
  const { task, store, advancer } = await setting();
  const [claim] = await store.tasks.claimDue("a", 1, 1000);
  assert.equal(claim, undefined);
  const result = await advancer.advance(task, inputs.reject(), { fence: 99 });
  assert.equal(result.stored, true);
  assert.equal((await store.tasks.get(task.id))?.state, "rejected");
});

test("a task that others keep moving gives up, to be tried later", async () => {
  let moves = 0;
  const busy = (tasks: TaskStore): TaskStore => ({
    ...tasks,
    move: async () => {
      moves++;
      return "conflict";
    },
  });
  const { task, advancer } = await setting(aMadeTask(), busy);
  await assert.rejects(advancer.advance(task, inputs.reject()), { code: "task.contended", retryable: true });
  assert.equal(moves, 8);
});

test("a task that is gone from the store is an error, not a loop", async () => {
  const empty = (tasks: TaskStore): TaskStore => ({
    ...tasks,
    move: async () => "conflict",
    get: async () => null,
  });
  const { task, advancer } = await setting(aMadeTask(), empty);
  await assert.rejects(advancer.advance(task, inputs.reject()), { code: "task.gone" });
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sweepBatches } from "../../../bot/batches/index.ts";
import { shortApproval } from "../../../core/approvals/index.ts";
import { type Batch, batchOf, type WaitingCard } from "../../../core/batches/index.ts";
import { eventId } from "../../../core/ids/index.ts";
import type { Task, TaskInput, UpdateCode } from "../../../core/tasks/index.ts";
import { aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { outboxSetting } from "../workers/outbox-parts.ts";

const ASKED = { users: ["lisi", "wangwu"] };
const GATE = shortApproval({ from: ASKED, need: 1, timeoutMs: 1_800_000, onTimeout: "reject" });
const STOP = {
  ...{ scope: { of: "everything" as const }, by: "user:root", at: new Date(START_MS).toISOString() },
  why: "power cut",
};
const SENT: UpdateCode = { code: "sent", from: "send", atMs: START_MS };
const CLICKED: UpdateCode = { code: "clicked", from: "click", atMs: START_MS };

function approved(n: number): Task {
  const card = { no: 1, to: [ASKED], purpose: "approval" as const, batch: "b" };
  const sent = { recipients: ["lisi"], unreachable: [], sentAtMs: START_MS, codes: [] };
  return aTask({
    ...{
      eventId: eventId("storm", `${n}`),
      state: "approved",
      approval: GATE,
      cards: [{ ...card, ...sent }],
    },
    ...{ createdAtMs: START_MS, updatedAtMs: START_MS },
  });
}

/** A batch of two approved tasks, whose card can be changed by these codes. */
async function aBatch(t: TestContext, codes: readonly UpdateCode[]) {
  const setting = outboxSetting(t);
  const { store, advancer, clock, log } = setting;
  const tasks = [approved(1), approved(2)];
  for (const task of tasks) await store.tasks.make({ task, outbox: [] });
  const waiting = tasks.map((task): WaitingCard => ({ key: task.id, task, cardNo: 1 }));
  const made = batchOf(waiting as [WaitingCard, WaitingCard], START_MS);
  const cards = made.cards.map((card) => ({
    ...card,
    recipients: ["lisi", "wangwu"],
    sentAtMs: START_MS,
    codes,
  }));
  const batch: Batch = { ...made, cards };
  await store.state.put({ kind: "batch", name: batch.id, expected: null, body: batch });
  const { pass } = setting.start();
  /** Lets the sweep look once, and what it orders be sent. */
  const sweep = async () => {
    await sweepBatches({ ...store, clock, log });
    await pass(1);
  };
  const all = async (input: TaskInput) => {
    for (const { id } of tasks) {
      const task = await store.tasks.get(id);
      assert.ok(task);
      await advancer.advance(task, input);
    }
  };
  return { ...setting, batch, sweep, all, pass };
}

const shownBy = (views: readonly object[]) =>
  views.map((view) => ("text" in view && "closed" in view ? `${view.text} | ${view.closed}` : ""));

test("a batch's card tells what holds its tasks, and another one that they go on", async (t) => {
  const { chat, batch, sweep, all, pass } = await aBatch(t, [SENT]);
  await sweep();
  assert.deepEqual(chat.updates, []);
  await all({ kind: "hold", stop: STOP });
  await sweep();
  await sweep();
  const [held, ...more] = shownBy(chat.updates);
  assert.match(
    held ?? "",
    /^stopped \(everything\) by root since .* · power cut · .*held 2 \| Another card follows$/,
  );
  assert.deepEqual(more, []);

  await all({ kind: "release" });
  await sweep();
  assert.deepEqual(chat.got, []);
  await pass(30);
  await sweep();
  await sweep();
  const told = chat.got.map(({ to, what }) => `${to} ${what}`);
  assert.deepEqual(told, [`lisi ${batch.id}@2`, `wangwu ${batch.id}@2`]);
  assert.equal(chat.updates.length, 1);
});

test("a batch's card that can be changed once more tells that the hold is over itself", async (t) => {
  const { chat, sweep, all, pass } = await aBatch(t, [SENT, CLICKED]);
  await all({ kind: "hold", stop: STOP });
  await sweep();
  await all({ kind: "release" });
  await pass(30);
  await sweep();
  const [held = "", over = ""] = shownBy(chat.updates);
  assert.match(held, /^stopped .* \| Decided$/);
  assert.match(over, /approved 2 \| Decided$/);
  assert.deepEqual(chat.got, []);
});

test("a batch that nothing holds is closed once its tasks had time to be held", async (t) => {
  const { chat, sweep, pass } = await aBatch(t, [SENT]);
  await sweep();
  assert.deepEqual(chat.updates, []);
  await pass(30);
  await sweep();
  await sweep();
  assert.deepEqual(shownBy(chat.updates).length, 1);
});

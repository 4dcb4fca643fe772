import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboxBody, OutboxItem } from "../../../core/ports/index.ts";
import type { Task, TaskInput } from "../../../core/tasks/index.ts";
import { START_MS } from "../../support/clock.ts";
import { aMadeTask, aStop, inputs, walk } from "../../support/tasks.ts";
import { outboxSetting } from "./outbox-parts.ts";

const hold = (): TaskInput => ({ kind: "hold", stop: aStop() });
const UPDATE: OutboxBody = { kind: "update", cardNo: 1, code: "code-click" };
const SHOW: OutboxBody = { kind: "show_hold", cardNo: 1 };

function held(): Task {
  const task = walk(aMadeTask(), inputs.cardSent, inputs.approve, hold);
  return { ...task, dueAtMs: START_MS + 1_000_000 };
}

/** Sends what a task has to send, and all that comes of it. */
async function sent(t: Parameters<typeof outboxSetting>[0], task: Task, ...bodies: OutboxBody[]) {
  const setting = outboxSetting(t);
  const outbox = bodies.map((body, n): OutboxItem => {
    return { key: `${task.id}:${n}`, taskId: task.id, lane: 1, body, dueAtMs: START_MS };
  });
  await setting.store.tasks.make({ task, outbox });
  const { loop, until } = setting.start();
  const isEmpty = async () => Object.keys(await setting.store.outbox.depth()).length === 0;
  await until("all to be sent", isEmpty);
  const updates = () => setting.chat.updates.length;
  const card = async () => (await setting.store.tasks.get(task.id))?.cards[0];
  return { ...setting, loop, updates, card, settled: () => until("all to be sent", isEmpty) };
}

test("the click's update tells of a hold, and the code of the sending is kept", async (t) => {
  const task = held();
  const { loop, updates, card, chat } = await sent(t, task, UPDATE, SHOW);
  assert.equal(updates(), 1);
  assert.equal(
    chat.updates.some((view) => "closed" in view),
    false,
  );
  assert.equal((await card())?.shownHoldMs, task.hold?.sinceMs);
  assert.deepEqual(
    (await card())?.codes.map(({ code }) => code),
    ["code-send"],
  );
  await loop.stop();
});

test("a card that does not tell it yet is shown anew by the code of its sending", async (t) => {
  const { loop, updates, card, chat } = await sent(t, held(), SHOW);
  assert.equal(updates(), 1);
  const [view] = chat.updates;
  assert.ok(view && "closed" in view);
  assert.equal(view.closed, "Another card follows");
  assert.deepEqual((await card())?.codes, []);
  await loop.stop();
});

test("a card without any code left is not shown anew, and nothing waits for it", async (t) => {
  const task = held();
  const cards = task.cards.map((card) => ({ ...card, codes: [] }));
  const { loop, updates } = await sent(t, { ...task, cards }, SHOW);
  assert.equal(updates(), 0);
  await loop.stop();
});

test("a task that goes on by then is not told to be held", async (t) => {
  const going = walk(held(), () => ({ kind: "release" }));
  const { loop, updates } = await sent(t, going, SHOW);
  assert.equal(updates(), 0);
  await loop.stop();
});

test("when the stop is lifted its people get a card that tells so, once", async (t) => {
  const task = held();
  const { loop, chat, advancer, store, settled } = await sent(t, task, UPDATE, SHOW);
  const stored = await store.tasks.get(task.id);
  assert.ok(stored);
  await advancer.advance(stored, { kind: "release" });
  await settled();
  const cards = chat.got.filter(({ kind }) => kind === "card");
  assert.equal(cards.length, 1);
  await loop.stop();
});

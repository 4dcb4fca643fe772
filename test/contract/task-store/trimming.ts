import assert from "node:assert/strict";
import type { OutboxItem, TaskStore } from "../../../core/ports/index.ts";
import { OPEN_STATES, type Task, TERMINAL_STATES } from "../../../core/tasks/index.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aMove } from "./moving.ts";

type Open = () => Promise<HarnessOf<"tasks" | "outbox" | "throttle">>;

const LATER_MS = START_MS + 90 * 86_400_000;

async function madeTask(tasks: TaskStore, overrides: Partial<Task> = {}): Promise<Task> {
  const task = aTask({ state: "succeeded", ...overrides });
  await tasks.make({ task, outbox: [] });
  return task;
}

/** Promises about `trim`. */
export function trimmingTasks(open: Open): void {
  forgetting(open);
  keeping(open);
}

function forgetting(open: Open): void {
  const test = testsOn(open);

  test("forgets a task that has ended wherever it was found", async ({ tasks }) => {
    const { id, event } = await madeTask(tasks);
    const kept = await madeTask(tasks, { forEachIndex: 1, updatedAtMs: LATER_MS });
    assert.equal(await tasks.trim(LATER_MS), 1);
    assert.equal(await tasks.get(id), null);
    assert.deepEqual(await tasks.findByPrefix(id.slice(2), 5), []);
    const incident = { source: event.source, key: event.incident };
    for (const query of [{}, { states: ["succeeded"] as const }, { incident }]) {
      assert.deepEqual(await tasks.list({ ...query, limit: 5 }), [kept]);
    }
    assert.deepEqual(await tasks.countByState(), { succeeded: 1 });
    assert.equal(await tasks.move(aMove(aTask({ state: "succeeded" }))), "conflict");
  });

  test("forgets in every final state and keeps in every other, however old", async ({ tasks }) => {
    for (const [index, state] of [...OPEN_STATES, ...TERMINAL_STATES].entries()) {
      await madeTask(tasks, { forEachIndex: index, state });
    }
    assert.equal(await tasks.trim(LATER_MS), TERMINAL_STATES.length);
    const one = Object.fromEntries(OPEN_STATES.map((state) => [state, 1]));
    assert.deepEqual(await tasks.countByState(), one);
    assert.equal(await tasks.trim(LATER_MS), 0);
  });

  test("counts from the last change, and keeps what changed at that very instant", async ({ tasks }) => {
    const task = await madeTask(tasks, { state: "running" });
    const end = aMove(task, { state: "failed", dueAtMs: null, updatedAtMs: START_MS + 1_000 });
    await tasks.move(end);
    assert.equal(await tasks.trim(START_MS + 1_000), 0);
    assert.deepEqual(await tasks.get(task.id), end.task);
    assert.equal(await tasks.trim(START_MS + 1_001), 1);
    assert.equal(await tasks.get(task.id), null);
  });

  test("forgets many in one call, behind some that stay", async ({ tasks }) => {
    const made = upTo(250).map((index) => {
      const stays = index % 2 === 0 && index < 220;
      return madeTask(tasks, { forEachIndex: index, updatedAtMs: stays ? LATER_MS : START_MS });
    });
    await Promise.all(made);
    assert.equal(await tasks.trim(LATER_MS), 140);
    assert.deepEqual(await tasks.countByState(), { succeeded: 110 });
  });
}

function keeping(open: Open): void {
  const test = testsOn(open);
  const { id } = aTask();
  const naming: [name: string, item: Partial<OutboxItem>][] = [
    ["a message in its line", { key: `${id}:report:1`, taskId: id }],
    ["word of its end", { key: `${id}:ended:1`, taskId: null, body: { kind: "ended", task: id } }],
    [
      "its card that waits for others",
      { key: `${id}:card:1`, taskId: "#rule", body: { kind: "waiting_card", task: id, cardNo: 1 } },
    ],
  ];
  for (const [name, item] of naming) {
    test(`keeps a task as long as ${name} waits`, async ({ tasks, outbox }) => {
      await madeTask(tasks);
      // The first of its line, where it waits behind another.
      const first = anOutboxItem({ key: `${aTask({ forEachIndex: 1 }).id}:card:1`, taskId: "#rule" });
      await outbox.add([first, anOutboxItem(item)]);
      assert.equal(await tasks.trim(LATER_MS), 0);
      assert.notEqual(await tasks.get(id), null);
      for (let given = await outbox.claim(5, 1_000); given.length > 0; given = await outbox.claim(5, 1_000)) {
        for (const { key, fence } of given) await outbox.settle(key, fence);
      }
      assert.equal(await tasks.trim(LATER_MS), 1);
    });
  }

  test("keeps a retry as long as the task that it is of: its number is given once", async ({ tasks }) => {
    const ended = await madeTask(tasks, { updatedAtMs: LATER_MS });
    const retry = await madeTask(tasks, { id: "t_retry", retryOf: ended.id });
    assert.equal(await tasks.trim(LATER_MS), 0);
    assert.notEqual(await tasks.get(retry.id), null);
    await tasks.trim(LATER_MS + 1);
    await tasks.trim(LATER_MS + 1);
    assert.deepEqual(await tasks.list({ limit: 5 }), []);
  });
}

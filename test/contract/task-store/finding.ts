import assert from "node:assert/strict";
import type { Task } from "../../../core/tasks/index.ts";
import { aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aMove } from "./moving.ts";

function indexesOf(tasks: readonly Task[]): number[] {
  return tasks.map((task) => task.forEachIndex);
}

/** Promises about `get`, `findByPrefix`, `list` and `countByState`. */
export function findingTasks(open: () => Promise<HarnessOf<"tasks" | "outbox" | "throttle">>): void {
  const test = testsOn(open);

  test("knows no task that was not made", async ({ tasks }) => {
    assert.equal(await tasks.get("t_none"), null);
    assert.deepEqual(await tasks.findByPrefix("none", 5), []);
    assert.deepEqual(await tasks.list({ limit: 5 }), []);
    assert.deepEqual(await tasks.countByState(), {});
  });

  test("finds tasks by what follows t_, newest first", async ({ tasks }) => {
    for (const [index, id] of ["t_abc", "t_abd", "t_ab%", "t_b"].entries()) {
      const task = aTask({ id, forEachIndex: index, createdAtMs: START_MS + index });
      await tasks.make({ task, outbox: [] });
    }
    assert.deepEqual(indexesOf(await tasks.findByPrefix("ab", 10)), [2, 1, 0]);
    assert.deepEqual(indexesOf(await tasks.findByPrefix("ab", 2)), [2, 1]);
    assert.deepEqual(indexesOf(await tasks.findByPrefix("abc", 10)), [0]);
    assert.deepEqual(indexesOf(await tasks.findByPrefix("", 10)), [3, 2, 1, 0]);
  });

  test("takes a prefix as plain text: no pattern, no quote, no SQL", async ({ tasks }) => {
    await tasks.make({ task: aTask(), outbox: [] });
    for (const prefix of ["%", "_", "*", "' OR '1'='1", "\u0000", "磁盘"]) {
      assert.deepEqual(await tasks.findByPrefix(prefix, 10), []);
    }
  });

  test("lists newest first, and of one instant the last made first", async ({ tasks }) => {
    for (const [index, at] of [5, 9, 5, 1].entries()) {
      const task = aTask({ forEachIndex: index, createdAtMs: START_MS + at });
      await tasks.make({ task, outbox: [] });
    }
    assert.deepEqual(indexesOf(await tasks.list({ limit: 10 })), [1, 2, 0, 3]);
    assert.deepEqual(indexesOf(await tasks.list({ limit: 2 })), [1, 2]);
    assert.deepEqual(indexesOf(await tasks.list({ limit: 10, beforeMs: START_MS + 5 })), [3]);
  });

  test("lists some states only, merged by age", async ({ tasks }) => {
    const states = ["running", "approved", "succeeded", "running"] as const;
    for (const [index, state] of states.entries()) {
      const task = aTask({ forEachIndex: index, state, createdAtMs: START_MS + index });
      await tasks.make({ task, outbox: [] });
    }
    const open = { states: ["running", "approved"] as const, limit: 10 };
    assert.deepEqual(indexesOf(await tasks.list(open)), [3, 1, 0]);
    assert.deepEqual(indexesOf(await tasks.list({ ...open, limit: 2 })), [3, 1]);
    assert.deepEqual(indexesOf(await tasks.list({ ...open, beforeMs: START_MS + 1 })), [0]);
    assert.deepEqual(await tasks.list({ states: [], limit: 10 }), []);
  });

  test("lists the tasks of one incident, in some states or all", async ({ tasks }) => {
    const { event } = aTask();
    const of = [
      { state: "pending_approval", event },
      { state: "withdrawn", event },
      { state: "pending_approval", event: { ...event, incident: "vm-1/tmp" } },
      { state: "pending_approval", event: { ...event, source: "zabbix" } },
      { state: "approved", event },
    ] as const;
    for (const [index, overrides] of of.entries()) {
      const task = aTask({ forEachIndex: index, createdAtMs: START_MS + index, ...overrides });
      await tasks.make({ task, outbox: [] });
    }
    const incident = { source: event.source, key: event.incident };
    const states = ["pending_approval", "approved"] as const;
    assert.deepEqual(indexesOf(await tasks.list({ incident, limit: 10 })), [4, 1, 0]);
    assert.deepEqual(indexesOf(await tasks.list({ incident, states, limit: 10 })), [4, 0]);
    assert.deepEqual(indexesOf(await tasks.list({ incident, states, limit: 1 })), [4]);
    assert.deepEqual(indexesOf(await tasks.list({ incident, limit: 10, beforeMs: START_MS + 1 })), [0]);
    const none = { incident: { source: event.source, key: "vm-2/data" }, limit: 10 };
    assert.deepEqual(await tasks.list(none), []);
  });

  test("counts tasks by the state they stand in now", async ({ tasks }) => {
    const made = upTo(3).map((index) => aTask({ forEachIndex: index }));
    for (const task of made) await tasks.make({ task, outbox: [] });
    const [first] = made;
    assert.ok(first);
    const move = aMove(first, { state: "running" });
    await tasks.move(move);
    assert.deepEqual(await tasks.countByState(), { pending_approval: 2, running: 1 });
    await tasks.move(aMove(move.task, { state: "succeeded", dueAtMs: null }));
    assert.deepEqual(await tasks.countByState(), { pending_approval: 2, succeeded: 1 });
  });

  test("hands out copies, or what cannot be changed: nobody changes what is stored", async ({ tasks }) => {
    const task = aTask();
    await tasks.make({ task, outbox: [] });
    const copy = await tasks.get(task.id);
    assert.ok(copy);
    // Where it cannot be changed this does nothing.
    Reflect.set(copy.targets, 1, "vm-2");
    Reflect.set(copy, "title", "another");
    Reflect.set(task, "title", "another");
    assert.deepEqual(await tasks.get(task.id), aTask());
  });
}

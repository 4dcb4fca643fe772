import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TaskPlace, tasksBehind } from "../../bot/tasks-behind.ts";
import type { TaskQuery } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { aMadeTask } from "../support/tasks.ts";

/** A store that lists as the port promises: newest first, of one instant in an order of its own. */
function listing(made: readonly Task[]) {
  const newest = made.toReversed().toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  return {
    list: async ({ states, beforeMs = Number.POSITIVE_INFINITY, limit }: TaskQuery) =>
      newest
        .filter((task) => task.createdAtMs < beforeMs && (!states || states.includes(task.state)))
        .slice(0, limit),
  };
}

async function walked(made: readonly Task[], after?: TaskPlace, most = Number.POSITIVE_INFINITY) {
  const found: Task[] = [];
  for await (const task of tasksBehind(listing(made), after ? { after } : {})) {
    if (found.length === most) break;
    found.push(task);
  }
  return found;
}

function tasksAt(instants: readonly number[]): Task[] {
  const task = aMadeTask();
  return instants.map((createdAtMs, n) => ({ ...task, id: `t_${String(n).padStart(52, "a")}`, createdAtMs }));
}

test("pages hold every task once, whatever instants they were made at", async () => {
  const instants = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 700 });
  await fc.assert(
    fc.asyncProperty(instants, fc.integer({ min: 50, max: 400 }), async (times, size) => {
      const made = tasksAt(times);
      const seen: Task[] = [];
      for (let place: TaskPlace | undefined; ; place = seen.at(-1)) {
        const page = await walked(made, place, size);
        seen.push(...page);
        if (page.length < size) break;
      }
      assert.deepEqual(seen.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
      const order = seen.map(({ createdAtMs }) => createdAtMs);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => b - a),
      );
    }),
    { numRuns: 30 },
  );
});

test("a place holds though its task is in no such state any more", async () => {
  const made = tasksAt([3, 3, 3, 2]);
  const [first, second, third, fourth] = await walked(made);
  assert.ok(first && second && third && fourth);
  const left = made.filter(({ id }) => id !== second.id);
  assert.deepEqual(await walked(left, second), [third, fourth]);
});

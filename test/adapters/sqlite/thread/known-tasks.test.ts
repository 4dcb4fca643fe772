import assert from "node:assert/strict";
import { test } from "node:test";
import { type TaskRows, tasksOver } from "../../../../adapters/sqlite/task-rows.ts";
import { knownTasks } from "../../../../adapters/sqlite/thread/known-tasks.ts";
import type { Task } from "../../../../core/tasks/index.ts";
import { grantOf } from "../../../../core/throttle/index.ts";
import { aMadeTask } from "../../../support/tasks.ts";

const STORED: Task = { ...aMadeTask(), title: "as it is stored" };

function aTask(revision: number): Task {
  return { ...aMadeTask(), revision };
}

/** Rows that are asked for, and what a making or a move becomes. */
function world({ make, move }: Partial<Pick<TaskRows, "make" | "move">> = {}) {
  const asked: string[] = [];
  const open = { is: true };
  const rows = {
    make: make ?? (async () => ({ outcome: "made" as const })),
    move: move ?? (async () => "moved" as const),
    get: async (id: string) => {
      asked.push(id);
      return JSON.stringify(STORED);
    },
  } as unknown as TaskRows;
  return {
    asked,
    open,
    tasks: tasksOver(
      rows,
      knownTasks(() => open.is),
    ),
  };
}

const making = { task: aTask(1), outbox: [] };
const moving = (revision: number) => ({ task: aTask(revision), expected: revision - 1, outbox: [] });
const { id } = STORED;

test("what was made or moved here is not asked for again", async () => {
  const { asked, tasks } = world();
  await tasks.make(making);
  assert.deepEqual(await tasks.get(id), aTask(1));
  await tasks.move(moving(2));
  assert.deepEqual(await tasks.get(id), aTask(2));
  assert.deepEqual(asked, []);
});

test("what a move in conflict was stored as before is asked for", async () => {
  const { asked, tasks } = world({ move: async () => "conflict" });
  await tasks.make(making);
  await tasks.move(moving(2));
  assert.deepEqual(await tasks.get(id), STORED);
  assert.deepEqual(asked, [id]);
});

test("what a failed move may have stored is asked for", async () => {
  const { asked, tasks } = world({ move: () => Promise.reject(new Error("the disk is full")) });
  await tasks.make(making);
  await assert.rejects(tasks.move(moving(2)), /the disk is full/);
  assert.deepEqual(await tasks.get(id), STORED);
  assert.deepEqual(asked, [id]);
});

test("a store that answers no longer is asked, so that it says so", async () => {
  const { asked, open, tasks } = world();
  await tasks.make(making);
  open.is = false;
  await tasks.get(id);
  assert.deepEqual(asked, [id]);
});

test("a task made with a token is asked for: the store writes what the token brings into it", async () => {
  const view = { key: "k", tokens: 0, burst: 1, nextAtMs: 0, held: 0 };
  const { asked, tasks } = world({
    make: async () => ({ outcome: "made", grant: grantOf(true, [view], 3) }),
  });
  await tasks.make(making);
  assert.deepEqual(await tasks.get(id), STORED);
  assert.deepEqual(asked, [id]);
});

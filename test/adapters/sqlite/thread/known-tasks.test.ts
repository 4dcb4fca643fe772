import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskRow, TaskRows } from "../../../../adapters/sqlite/task-rows.ts";
import { knownTasks } from "../../../../adapters/sqlite/thread/known-tasks.ts";

function aRow(revision: number): TaskRow {
  const body = JSON.stringify({ revision });
  return {
    ...{ id: "t_1", state: "running", revision, createdAtMs: 0, dueAtMs: null },
    ...{ source: "", incident: "", body },
  };
}

/** Rows that are asked for, and what a move becomes. */
function world(move: TaskRows["move"] = async () => "moved") {
  const asked: string[] = [];
  const open = { is: true };
  const rows = {
    make: async () => ({ outcome: "made" as const }),
    move,
    get: async (id: string) => {
      asked.push(id);
      return "stored";
    },
  } as unknown as TaskRows;
  return { asked, open, tasks: knownTasks(rows, () => open.is) };
}

const moving = (revision: number) => ({ task: aRow(revision), expected: revision - 1, outbox: [] });

test("what was made or moved here is not asked for again", async () => {
  const { asked, tasks } = world();
  await tasks.make({ task: aRow(1), outbox: [] });
  assert.equal(await tasks.get("t_1"), aRow(1).body);
  await tasks.move(moving(2));
  assert.equal(await tasks.get("t_1"), aRow(2).body);
  assert.deepEqual(asked, []);
});

test("what a move in conflict was stored as before is asked for", async () => {
  const { asked, tasks } = world(async () => "conflict");
  await tasks.make({ task: aRow(1), outbox: [] });
  await tasks.move(moving(2));
  assert.equal(await tasks.get("t_1"), "stored");
  assert.deepEqual(asked, ["t_1"]);
});

test("what a failed move may have stored is asked for", async () => {
  const { asked, tasks } = world(async () => Promise.reject(new Error("the disk is full")));
  await tasks.make({ task: aRow(1), outbox: [] });
  await assert.rejects(tasks.move(moving(2)), /the disk is full/);
  assert.equal(await tasks.get("t_1"), "stored");
  assert.deepEqual(asked, ["t_1"]);
});

test("a store that answers no longer is asked, so that it says so", async () => {
  const { asked, open, tasks } = world();
  await tasks.make({ task: aRow(1), outbox: [] });
  open.is = false;
  await tasks.get("t_1");
  assert.deepEqual(asked, ["t_1"]);
});

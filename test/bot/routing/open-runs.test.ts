import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenRuns } from "../../../bot/routing/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { aTask } from "../../support/builders.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";

const onHz = (id: string, state: Task["state"] = "running") =>
  aTask({ id, state, execution: { id: `e_${id}`, cluster: "hz", status: "running" } });

function counting(stored: Task[], isAlone = false) {
  const clock = movableClock();
  const listeners: ((task: Task) => void)[] = [];
  const store = { fail: false, lists: 0, during: (): void => undefined };
  const list = async () => {
    store.lists++;
    if (store.fail) throw new ChatOpsError("away", { code: "store.unreachable", retryable: true });
    const read = [...stored];
    store.during();
    return read;
  };
  const advancer = { onMoved: (listener: (task: Task) => void) => void listeners.push(listener) };
  const runs = createOpenRuns({ tasks: { list }, advancer, isAlone, clock, log: silentLog });
  const moved = (task: Task) => {
    for (const listener of listeners) listener(task);
  };
  return { clock, store, runs, moved };
}

test("what is stored counts once it was listed, and is listed again when the list is old", async () => {
  const stored = [onHz("t_1"), onHz("t_2", "paused"), onHz("t_3", "succeeded"), aTask({ id: "t_4" })];
  const { clock, store, runs } = counting(stored);
  assert.deepEqual(runs.of("hz"), { open: 0, paused: 0 });
  await Promise.all([runs.refresh(), runs.refresh()]);
  assert.deepEqual([runs.of("hz"), store.lists], [{ open: 2, paused: 1 }, 1]);
  stored.splice(0, 1);
  await runs.refresh();
  assert.equal(runs.of("hz").open, 2);
  clock.advance(15_000);
  await runs.refresh();
  assert.deepEqual([runs.of("hz"), runs.tasksOn("hz")], [{ open: 1, paused: 1 }, ["t_2"]]);
});

test("what is about to start counts until it has not, and is not yet there to be canceled", async () => {
  const { runs, moved } = counting([]);
  runs.hold("t_1", "hz");
  runs.hold("t_2", "hz");
  await runs.refresh();
  assert.deepEqual([runs.of("hz").open, runs.tasksOn("hz")], [2, []]);
  runs.release("t_1");
  moved(onHz("t_2"));
  runs.release("t_2");
  assert.deepEqual([runs.of("hz").open, runs.tasksOn("hz")], [1, ["t_2"]]);
});

test("what moves while a list is read is newer than the list", async () => {
  const { store, runs, moved } = counting([onHz("t_1")]);
  store.during = () => {
    moved(onHz("t_1", "succeeded"));
    moved(onHz("t_2"));
  };
  await runs.refresh();
  assert.deepEqual(runs.tasksOn("hz"), ["t_2"]);
});

test("where no other process moves tasks one list is enough, once it could be read", async () => {
  const { clock, store, runs, moved } = counting([onHz("t_1")], true);
  store.fail = true;
  await runs.refresh();
  assert.equal(runs.of("hz").open, 0);
  store.fail = false;
  for (let round = 0; round < 5; round++) {
    clock.advance(15_000);
    await runs.refresh();
  }
  moved(onHz("t_2"));
  assert.deepEqual([runs.of("hz").open, store.lists], [2, 2]);
});

test("what was known stays while the store cannot be listed", async () => {
  const { clock, store, runs } = counting([onHz("t_1")]);
  await runs.refresh();
  store.fail = true;
  clock.advance(15_000);
  await runs.refresh();
  assert.equal(runs.of("hz").open, 1);
});

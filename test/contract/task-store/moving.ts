import assert from "node:assert/strict";
import type { Move, TaskStore } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";

const LEASE_MS = 30_000;

/** The move of a task to its next revision. */
export function aMove(task: Task, overrides: Partial<Task> = {}, rest: Partial<Move> = {}): Move {
  const next = { ...task, revision: task.revision + 1, ...overrides };
  return { task: next, expected: task.revision, outbox: [], ...rest };
}

async function madeTask(tasks: TaskStore, overrides: Partial<Task> = {}): Promise<Task> {
  const task = aTask(overrides);
  await tasks.make({ task, outbox: [] });
  return task;
}

type Open = () => Promise<HarnessOf<"tasks" | "outbox" | "throttle">>;

/** Promises about `move`. */
export function movingTasks(open: Open): void {
  comparing(open);
  fencing(open);
  settling(open);
}

function comparing(open: Open): void {
  const test = testsOn(open);

  test("stores the moved task with the messages of the move", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    const move = aMove(task, { state: "approved" }, { outbox: [anOutboxItem()] });
    assert.equal(await tasks.move(move), "moved");
    assert.deepEqual(await tasks.get(task.id), move.task);
    assert.deepEqual(await outbox.depth(), { answer: 1 });
  });

  test("leaves no trace of a move that expected another revision", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    await tasks.move(aMove(task, { state: "approved" }));
    const late = aMove(task, { state: "rejected" }, { outbox: [anOutboxItem()] });
    assert.equal(await tasks.move(late), "conflict");
    assert.equal((await tasks.get(task.id))?.state, "approved");
    assert.deepEqual(await outbox.depth(), {});
  });

  test("leaves no trace of a move that expected a revision yet to come", async ({ tasks }) => {
    const task = await madeTask(tasks);
    const early = aMove({ ...task, revision: task.revision + 1 }, { state: "rejected" });
    assert.equal(await tasks.move(early), "conflict");
    assert.deepEqual(await tasks.get(task.id), task);
  });

  test("refuses a move whose own revision is not the next", async ({ tasks }) => {
    const task = await madeTask(tasks);
    assert.equal(await tasks.move(aMove(task, { revision: task.revision })), "conflict");
    assert.equal(await tasks.move(aMove(task, { revision: task.revision + 2 })), "conflict");
  });

  test("refuses to move a task that was never made", async ({ tasks, outbox }) => {
    assert.equal(await tasks.move(aMove(aTask(), {}, { outbox: [anOutboxItem()] })), "conflict");
    assert.deepEqual(await outbox.depth(), {});
  });

  test("lets one of many moves at once through", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    const moves = upTo(20).map((n) =>
      tasks.move(aMove(task, { message: `mover ${n}` }, { outbox: [anOutboxItem({ key: `k${n}` })] })),
    );
    const outcomes = await Promise.all(moves);
    assert.equal(outcomes.filter((outcome) => outcome === "moved").length, 1);
    const winner = outcomes.indexOf("moved");
    assert.equal((await tasks.get(task.id))?.message, `mover ${winner}`);
    assert.deepEqual(await outbox.depth(), { answer: 1 });
  });
}

function fencing(open: Open): void {
  const test = testsOn(open);

  test("takes a holder's move, which ends the lease", async ({ tasks }) => {
    const task = await madeTask(tasks);
    const [claim] = await tasks.claimDue("worker-1", 1, LEASE_MS);
    assert.ok(claim);
    assert.equal(await tasks.move(aMove(task, {}, { fence: claim.fence })), "moved");
    assert.equal((await tasks.claimDue("worker-2", 1, LEASE_MS)).length, 1);
  });

  test("refuses the fence of a holder whose task another has claimed", async ({ tasks, outbox, clock }) => {
    const task = await madeTask(tasks);
    const [old] = await tasks.claimDue("worker-1", 1, LEASE_MS);
    clock.advance(LEASE_MS);
    const [held] = await tasks.claimDue("worker-2", 1, LEASE_MS);
    assert.ok(old && held && held.fence > old.fence);
    const stale = aMove(task, {}, { fence: old.fence, outbox: [anOutboxItem()] });
    assert.equal(await tasks.move(stale), "conflict");
    assert.deepEqual(await outbox.depth(), {});
    assert.equal(await tasks.move(aMove(task, {}, { fence: held.fence })), "moved");
  });

  test("takes the move of a holder whose lease ran out when nobody took over", async ({ tasks, clock }) => {
    const task = await madeTask(tasks);
    const [claim] = await tasks.claimDue("worker-1", 1, LEASE_MS);
    clock.advance(2 * LEASE_MS);
    assert.ok(claim);
    assert.equal(await tasks.move(aMove(task, {}, { fence: claim.fence })), "moved");
  });

  test("takes a click's move, which has no fence, under another's lease; the holder then loses", async ({
    tasks,
  }) => {
    const task = await madeTask(tasks);
    const [claim] = await tasks.claimDue("worker-1", 1, LEASE_MS);
    assert.ok(claim);
    const click = aMove(task, { state: "approved" });
    assert.equal(await tasks.move(click), "moved");
    assert.equal(await tasks.move(aMove(click.task, {}, { fence: claim.fence })), "conflict");
    assert.equal((await tasks.claimDue("worker-2", 1, LEASE_MS)).length, 1);
  });

  test("refuses a fence for a task that nobody holds", async ({ tasks }) => {
    const task = await madeTask(tasks);
    assert.equal(await tasks.move(aMove(task, {}, { fence: 0 })), "conflict");
    assert.equal(await tasks.move(aMove(task, {}, { fence: 1 })), "conflict");
  });
}

function settling(open: Open): void {
  const test = testsOn(open);

  test("settles the message that the move answers, in the same write", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    await outbox.add([anOutboxItem({ key: "card", taskId: task.id })]);
    const [sent] = await outbox.claim(1, LEASE_MS);
    assert.ok(sent);
    const next = anOutboxItem({ key: "report", taskId: task.id });
    const move = aMove(task, {}, { settles: { key: "card", fence: sent.fence }, outbox: [next] });
    assert.equal(await tasks.move(move), "moved");
    const claims = await outbox.claim(10, LEASE_MS);
    assert.deepEqual(
      claims.map((claim) => claim.key),
      ["report"],
    );
  });

  test("leaves no trace when the settled message is no longer the caller's", async ({
    tasks,
    outbox,
    clock,
  }) => {
    const task = await madeTask(tasks);
    await outbox.add([anOutboxItem({ key: "card", taskId: task.id })]);
    const [old] = await outbox.claim(1, LEASE_MS);
    clock.advance(LEASE_MS);
    const [held] = await outbox.claim(1, LEASE_MS);
    assert.ok(old && held);
    const next = [anOutboxItem({ key: "report", taskId: task.id })];
    const late = aMove(task, {}, { settles: { key: "card", fence: old.fence }, outbox: next });
    assert.equal(await tasks.move(late), "conflict");
    assert.equal((await tasks.get(task.id))?.revision, task.revision);
    assert.deepEqual(await outbox.depth(), { answer: 1 });
    assert.equal(await outbox.settle("card", held.fence), true);
  });

  test("gives a message out with its task as it is stored by then", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    await outbox.add(["t_gone", task.id].map((taskId) => anOutboxItem({ key: `${taskId}:card:1`, taskId })));
    const move = aMove(task, { state: "approved" });
    await tasks.move(move);
    const claims = await outbox.claim(10, LEASE_MS);
    assert.deepEqual(
      claims.map((claim) => claim.task),
      [undefined, move.task],
    );
  });

  test("keeps the settled message when the move itself conflicts", async ({ tasks, outbox }) => {
    const task = await madeTask(tasks);
    await outbox.add([anOutboxItem({ key: "card", taskId: task.id })]);
    const [held] = await outbox.claim(1, LEASE_MS);
    assert.ok(held);
    const settles = { key: "card", fence: held.fence };
    const wrong = { ...aMove(task, {}, { settles }), expected: task.revision + 7 };
    assert.equal(await tasks.move(wrong), "conflict");
    assert.equal(await outbox.settle("card", held.fence), true);
  });
}

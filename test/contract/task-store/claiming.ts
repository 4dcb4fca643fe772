import assert from "node:assert/strict";
import type { TaskClaim } from "../../../core/ports/index.ts";
import { aTask } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aMove } from "./moving.ts";

const LEASE_MS = 30_000;

function indexesOf(claims: readonly TaskClaim[]): number[] {
  return claims.map((claim) => claim.task.forEachIndex);
}

type Open = () => Promise<HarnessOf<"tasks" | "outbox" | "throttle">>;

/** Promises about `claimDue` and `nextDueAtMs`. */
export function claimingTasks(open: Open): void {
  claiming(open);
  waiting(open);
}

function claiming(open: Open): void {
  const test = testsOn(open);

  test("gives out due tasks, the longest due first, no more than asked for", async ({ tasks }) => {
    for (const [index, dueAtMs] of [START_MS, START_MS - 5, START_MS + 1, START_MS - 5].entries()) {
      await tasks.make({ task: aTask({ forEachIndex: index, dueAtMs }), outbox: [] });
    }
    assert.deepEqual(indexesOf(await tasks.claimDue("w", 2, LEASE_MS)), [1, 3]);
    assert.deepEqual(indexesOf(await tasks.claimDue("w", 2, LEASE_MS)), [0]);
    assert.deepEqual(await tasks.claimDue("w", 0, LEASE_MS), []);
  });

  test("gives the whole task as stored", async ({ tasks }) => {
    const task = aTask({ message: "磁盘 \u0000 \ud83d\udc33" });
    await tasks.make({ task, outbox: [] });
    const [claim] = await tasks.claimDue("w", 1, LEASE_MS);
    assert.deepEqual(claim?.task, task);
  });

  test("gives a task to one of many who ask at once", async ({ tasks }) => {
    await Promise.all(
      upTo(10).map((index) => tasks.make({ task: aTask({ forEachIndex: index }), outbox: [] })),
    );
    const claims = await Promise.all(upTo(10).map((n) => tasks.claimDue(`w${n}`, 3, LEASE_MS)));
    const claimed = claims.flatMap(indexesOf);
    assert.equal(claimed.length, 10);
    assert.equal(new Set(claimed).size, 10);
  });

  test("gives a task again when its lease has run out, with a greater fence", async ({ tasks, clock }) => {
    await tasks.make({ task: aTask(), outbox: [] });
    const [first] = await tasks.claimDue("w1", 1, LEASE_MS);
    clock.advance(LEASE_MS - 1);
    assert.deepEqual(await tasks.claimDue("w1", 1, LEASE_MS), []);
    clock.advance(1);
    const [second] = await tasks.claimDue("w2", 1, LEASE_MS);
    assert.ok(first && second && second.fence > first.fence);
  });

  test("gives nothing twice when the clock is moved back", async ({ tasks, clock }) => {
    await tasks.make({ task: aTask({ dueAtMs: 0 }), outbox: [] });
    await tasks.claimDue("w1", 1, LEASE_MS);
    clock.advance(-3_600_000);
    assert.deepEqual(await tasks.claimDue("w2", 1, LEASE_MS), []);
  });

  test("never gives out a terminal task", async ({ tasks }) => {
    const task = aTask();
    await tasks.make({ task, outbox: [] });
    await tasks.move(aMove(task, { state: "succeeded", dueAtMs: null }));
    assert.deepEqual(await tasks.claimDue("w", 10, LEASE_MS), []);
  });
}

function waiting(open: Open): void {
  const test = testsOn(open);

  test("tells the earliest due time, and null when no task waits", async ({ tasks }) => {
    assert.equal(await tasks.nextDueAtMs(), null);
    const task = aTask({ dueAtMs: START_MS + 500 });
    await tasks.make({ task, outbox: [] });
    await tasks.make({ task: aTask({ forEachIndex: 1, dueAtMs: START_MS + 900 }), outbox: [] });
    assert.equal(await tasks.nextDueAtMs(), START_MS + 500);
    await tasks.move(aMove(task, { state: "expired", dueAtMs: null }));
    assert.equal(await tasks.nextDueAtMs(), START_MS + 900);
  });

  test("counts a held task as waiting only once its lease has run out", async ({ tasks, clock }) => {
    await tasks.make({ task: aTask(), outbox: [] });
    await tasks.claimDue("w", 1, LEASE_MS);
    assert.equal(await tasks.nextDueAtMs(), null);
    clock.advance(LEASE_MS);
    assert.equal(await tasks.nextDueAtMs(), START_MS);
  });

  test("sees what is free behind many that are held", async ({ tasks }) => {
    const held = upTo(500).map((index) => tasks.make({ task: aTask({ forEachIndex: index }), outbox: [] }));
    await Promise.all(held);
    assert.equal((await tasks.claimDue("w", 500, LEASE_MS)).length, 500);
    await tasks.make({ task: aTask({ forEachIndex: 500 }), outbox: [] });
    await tasks.make({ task: aTask({ forEachIndex: 501, dueAtMs: START_MS + 7 }), outbox: [] });
    assert.equal(await tasks.nextDueAtMs(), START_MS);
    assert.deepEqual(indexesOf(await tasks.claimDue("w", 500, LEASE_MS)), [500]);
    assert.equal(await tasks.nextDueAtMs(), START_MS + 7);
  });

  test("gives a moved task out at its new due time", async ({ tasks, clock }) => {
    const task = aTask();
    await tasks.make({ task, outbox: [] });
    await tasks.move(aMove(task, { dueAtMs: START_MS + 10.25 }));
    assert.equal(await tasks.nextDueAtMs(), START_MS + 10.25);
    assert.deepEqual(await tasks.claimDue("w", 1, LEASE_MS), []);
    clock.advance(11);
    assert.equal((await tasks.claimDue("w", 1, LEASE_MS)).length, 1);
  });
}

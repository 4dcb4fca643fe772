import assert from "node:assert/strict";
import type { Making } from "../../../core/ports/index.ts";
import { anOutboxItem, aTask } from "../../support/builders.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aTake } from "../throttle-store.ts";

/** A task's making with its first card and, where asked for, its token. */
function aMaking(index: number, withToken: boolean): Making {
  const task = aTask({ forEachIndex: index });
  const card = anOutboxItem({ key: `${task.id}:card:1`, taskId: task.id, body: { kind: "card", cardNo: 1 } });
  const take = aTake({ grantId: task.id });
  return withToken ? { task, outbox: [card], take } : { task, outbox: [card] };
}

/** Promises about `make`. */
export function makingTasks(open: () => Promise<HarnessOf<"tasks" | "outbox" | "throttle">>): void {
  const test = testsOn(open);

  test("stores the task and its first messages in one write", async ({ tasks, outbox }) => {
    const making = aMaking(0, false);
    assert.deepEqual(await tasks.make(making), { outcome: "made" });
    assert.deepEqual(await tasks.get(making.task.id), making.task);
    assert.deepEqual(await outbox.depth(), { card: 1 });
  });

  test("says that a task exists when it is made again, and writes nothing", async ({ tasks, outbox }) => {
    const { task } = aMaking(0, false);
    await tasks.make({ task, outbox: [] });
    const again = { task: { ...task, title: "changed" }, outbox: aMaking(0, false).outbox };
    assert.deepEqual(await tasks.make(again), { outcome: "exists" });
    assert.equal((await tasks.get(task.id))?.title, task.title);
    assert.deepEqual(await outbox.depth(), {});
  });

  test("takes the token with the making and shows the grant", async ({ tasks, throttle }) => {
    const made = await tasks.make(aMaking(0, true));
    assert.equal(made.outcome, "made");
    assert.equal(made.grant?.outcome, "granted");
    assert.deepEqual(await throttle.show("rule/shop"), made.grant?.bucket);
  });

  test("stores a task that coalesces with how many were held back before it", async ({ tasks }) => {
    for (const index of upTo(4)) await tasks.make(aMaking(index, true));
    const { task } = aMaking(9, false);
    const take = aTake({ grantId: task.id, atMs: aTake().atMs + 60_000 });
    const making = { task: { ...task, coalesced: 0 }, outbox: [], take };
    await tasks.make(making);
    assert.equal((await tasks.get(task.id))?.coalesced, 3);
    assert.equal((await tasks.make(making)).outcome, "exists");
  });

  test("gives the first grant again and takes no second token when asked twice", async ({ tasks }) => {
    const making = { ...aMaking(0, true), take: aTake({ grantId: aMaking(0, true).task.id, burst: 2 }) };
    const first = await tasks.make(making);
    assert.deepEqual(await tasks.make(making), { outcome: "exists", grant: first.grant });
    const other = aMaking(1, true);
    const second = await tasks.make({ ...other, take: aTake({ grantId: other.task.id, burst: 2 }) });
    assert.equal(second.outcome, "made");
  });

  test("stores neither task nor message when no token is left", async ({ tasks, outbox }) => {
    await tasks.make(aMaking(0, true));
    const held = aMaking(1, true);
    const answer = await tasks.make(held);
    assert.equal(answer.outcome, "throttled");
    assert.equal(answer.grant?.outcome, "held");
    assert.equal(await tasks.get(held.task.id), null);
    assert.deepEqual(await outbox.depth(), { card: 1 });
  });

  test("throttles the same making again, even when a token has come back since", async ({ tasks }) => {
    await tasks.make(aMaking(0, true));
    const held = aMaking(1, true);
    const first = await tasks.make(held);
    const later = { ...aTake({ grantId: held.task.id }), atMs: aTake().atMs + 3_600_000 };
    assert.deepEqual(await tasks.make({ ...held, take: later }), first);
  });

  test("makes the task of a grant that was taken before, without a second token", async ({
    tasks,
    throttle,
  }) => {
    const making = aMaking(0, true);
    const [grant] = await throttle.take(making.take ? [making.take] : []);
    assert.deepEqual(await tasks.make(making), { outcome: "made", grant });
  });

  test("makes one task when many ask at once with one id", async ({ tasks, outbox }) => {
    const answers = await Promise.all(upTo(20).map(() => tasks.make(aMaking(0, true))));
    assert.equal(answers.filter((answer) => answer.outcome === "made").length, 1);
    assert.equal(answers.filter((answer) => answer.outcome === "exists").length, 19);
    assert.deepEqual(await outbox.depth(), { card: 1 });
  });

  test("makes as many of many tasks at once as there are tokens", async ({ tasks }) => {
    const makings = upTo(20).map((index) => aMaking(index, true));
    const answers = await Promise.all(
      makings.map((one) => tasks.make({ ...one, take: aTake({ grantId: one.task.id, burst: 6 }) })),
    );
    assert.equal(answers.filter((answer) => answer.outcome === "made").length, 6);
    assert.deepEqual(await tasks.countByState(), { pending_approval: 6 });
  });
}

import assert from "node:assert/strict";
import { describe } from "node:test";
import { answersTo } from "../../core/outbox/index.ts";
import type { OutboxClaim, OutboxItem, OutboxWaiting } from "../../core/ports/index.ts";
import { anOutboxItem } from "../support/builders.ts";
import { START_MS } from "../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const LEASE_MS = 30_000;
const TASK = "t_a";

function keysOf(claims: readonly OutboxClaim[]): string[] {
  return claims.map((claim) => claim.key);
}

function only(claims: readonly OutboxClaim[]): OutboxClaim {
  assert.equal(claims.length, 1);
  return claims[0] as OutboxClaim;
}

/** What every outbox promises. */
export function outboxContract(name: string, open: () => Promise<HarnessOf<"outbox">>): void {
  describe(`outbox: ${name}`, () => {
    claiming(open);
    ordering(open);
    settling(open);
    postponing(open);
    standingBehind(open);
    replacing(open);
    measuring(open);
    listing(open);
  });
}

function claiming(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("gives out what is due, whole, with its time of writing", async ({ outbox, clock }) => {
    const item = anOutboxItem({ key: "t_a:card:1", taskId: TASK, body: { kind: "card", cardNo: 1 } });
    await outbox.add([item]);
    clock.advance(5);
    const { fence, ...claim } = only(await outbox.claim(10, LEASE_MS));
    assert.deepEqual(claim, { ...item, attempts: 0, createdAtMs: START_MS });
    assert.ok(fence > 0);
  });

  test("holds back what is not due yet", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem({ dueAtMs: START_MS + 100 })]);
    assert.deepEqual(await outbox.claim(10, LEASE_MS), []);
    clock.advance(100);
    assert.equal((await outbox.claim(10, LEASE_MS)).length, 1);
  });

  test("keeps the first of two open items with one key", async ({ outbox }) => {
    await outbox.add([anOutboxItem(), anOutboxItem({ lane: 1 })]);
    await outbox.add([anOutboxItem({ lane: 2 })]);
    assert.equal(only(await outbox.claim(10, LEASE_MS)).lane, 3);
  });

  test("gives an item to one of many who ask at once", async ({ outbox }) => {
    await outbox.add(upTo(12).map((n) => anOutboxItem({ key: `k${n}` })));
    const claims = await Promise.all(upTo(12).map(() => outbox.claim(3, LEASE_MS)));
    const keys = claims.flatMap(keysOf);
    assert.equal(keys.length, 12);
    assert.equal(new Set(keys).size, 12);
  });

  test("gives an item again when its lease has run out, with the tries before", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem()]);
    const first = only(await outbox.claim(1, LEASE_MS));
    clock.advance(LEASE_MS - 1);
    assert.deepEqual(await outbox.claim(1, LEASE_MS), []);
    clock.advance(1);
    const second = only(await outbox.claim(1, LEASE_MS));
    assert.deepEqual([first.attempts, second.attempts], [0, 1]);
    assert.ok(second.fence > first.fence);
  });

  test("gives nothing twice when the clock is moved back", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem({ dueAtMs: 0 })]);
    await outbox.claim(1, LEASE_MS);
    clock.advance(-3_600_000);
    assert.deepEqual(await outbox.claim(1, LEASE_MS), []);
  });
}

function ordering(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("goes by lane, then by age", async ({ outbox }) => {
    await outbox.add([anOutboxItem({ key: "noise", lane: 5 }), anOutboxItem({ key: "news", lane: 3 })]);
    await outbox.add([anOutboxItem({ key: "ask-1", lane: 1 }), anOutboxItem({ key: "ask-2", lane: 1 })]);
    assert.deepEqual(keysOf(await outbox.claim(3, LEASE_MS)), ["ask-1", "ask-2", "news"]);
    assert.deepEqual(keysOf(await outbox.claim(3, LEASE_MS)), ["noise"]);
  });

  test("gives out of one task only its oldest, whatever lane the next is in", async ({ outbox }) => {
    const card = anOutboxItem({ key: "card", taskId: TASK, lane: 4 });
    const report = anOutboxItem({ key: "report", taskId: TASK, lane: 1 });
    await outbox.add([card, report, anOutboxItem({ key: "other", taskId: "t_b", lane: 2 })]);
    assert.deepEqual(keysOf(await outbox.claim(10, LEASE_MS)), ["other", "card"]);
  });

  test("keeps the next of a task back while its oldest is held, postponed or not due", async ({
    outbox,
    clock,
  }) => {
    await outbox.add([anOutboxItem({ key: "card", taskId: TASK, dueAtMs: START_MS + 10 })]);
    await outbox.add([anOutboxItem({ key: "report", taskId: TASK })]);
    assert.deepEqual(await outbox.claim(10, LEASE_MS), []);
    clock.advance(10);
    const { fence } = only(await outbox.claim(10, LEASE_MS));
    assert.deepEqual(await outbox.claim(10, LEASE_MS), []);
    await outbox.postpone("card", fence, { dueAtMs: clock.nowMs() + 100, counted: true });
    assert.deepEqual(await outbox.claim(10, LEASE_MS), []);
    clock.advance(100);
    assert.equal(only(await outbox.claim(10, LEASE_MS)).key, "card");
  });

  test("lets the next of a task forward once the oldest is settled, one by one", async ({ outbox }) => {
    await outbox.add(["a", "b", "c"].map((key) => anOutboxItem({ key, taskId: TASK })));
    const order: string[] = [];
    for (const _ of upTo(3)) {
      const { key, fence } = only(await outbox.claim(10, LEASE_MS));
      order.push(key);
      assert.equal(await outbox.settle(key, fence), true);
    }
    assert.deepEqual(order, ["a", "b", "c"]);
  });

  test("gives what belongs to nothing out side by side", async ({ outbox }) => {
    await outbox.add([anOutboxItem({ key: "a" }), anOutboxItem({ key: "b" })]);
    assert.deepEqual(keysOf(await outbox.claim(10, LEASE_MS)), ["a", "b"]);
  });

  test("gives answers to one person out in their order, those to others beside them", async ({
    outbox,
    clock,
  }) => {
    const answer = (key: string, to: string) => anOutboxItem({ key, taskId: answersTo(to), lane: 3 });
    await outbox.add([answer("answer:1", "lisi"), answer("answer:2", "lisi"), answer("answer:3", "wangwu")]);
    const claims = await outbox.claim(10, LEASE_MS);
    assert.deepEqual(keysOf(claims), ["answer:1", "answer:3"]);
    const [{ fence }] = claims as [OutboxClaim];
    await outbox.postpone("answer:1", fence, { dueAtMs: clock.nowMs() + 100, counted: true });
    assert.deepEqual(await outbox.claim(10, LEASE_MS), []);
    clock.advance(100);
    const first = only(await outbox.claim(10, LEASE_MS));
    await outbox.settle(first.key, first.fence);
    assert.deepEqual([first.key, only(await outbox.claim(10, LEASE_MS)).key], ["answer:1", "answer:2"]);
  });
}

function settling(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("forgets what is settled", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem()]);
    const { key, fence } = only(await outbox.claim(1, LEASE_MS));
    assert.equal(await outbox.settle(key, fence), true);
    assert.equal(await outbox.settle(key, fence), false);
    clock.advance(10 * LEASE_MS);
    assert.deepEqual(await outbox.claim(1, LEASE_MS), []);
    assert.deepEqual(await outbox.depth(), {});
  });

  test("refuses an old fence once another holder has the item", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem()]);
    const old = only(await outbox.claim(1, LEASE_MS));
    clock.advance(LEASE_MS);
    const held = only(await outbox.claim(1, LEASE_MS));
    assert.equal(await outbox.settle(old.key, old.fence), false);
    assert.equal(await outbox.postpone(old.key, old.fence, { dueAtMs: 0, counted: false }), false);
    assert.deepEqual(await outbox.claim(1, LEASE_MS), []);
    assert.equal(await outbox.settle(held.key, held.fence), true);
  });

  test("refuses the fence of an earlier life of the same key", async ({ outbox }) => {
    await outbox.add([anOutboxItem()]);
    const old = only(await outbox.claim(1, LEASE_MS));
    await outbox.settle(old.key, old.fence);
    await outbox.add([anOutboxItem()]);
    await outbox.claim(1, LEASE_MS);
    assert.equal(await outbox.settle(old.key, old.fence), false);
  });

  test("refuses to settle or postpone what nobody holds or knows", async ({ outbox }) => {
    await outbox.add([anOutboxItem()]);
    assert.equal(await outbox.settle("answer:1", 0), false);
    assert.equal(await outbox.postpone("answer:1", 0, { dueAtMs: 0, counted: true }), false);
    assert.equal(await outbox.settle("answer:2", 1), false);
    assert.deepEqual(await outbox.depth(), { answer: 1 });
  });
}

function postponing(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("counts the try of a postponed item, and the old fence is void", async ({ outbox, clock }) => {
    await outbox.add([anOutboxItem()]);
    const { key, fence } = only(await outbox.claim(1, LEASE_MS));
    assert.equal(await outbox.postpone(key, fence, { dueAtMs: START_MS + 0.5, counted: true }), true);
    assert.equal(await outbox.settle(key, fence), false);
    clock.advance(1);
    const again = only(await outbox.claim(1, LEASE_MS));
    assert.deepEqual([again.attempts, again.dueAtMs], [1, START_MS + 0.5]);
  });

  test("takes the try back when it is proved that nothing was sent", async ({ outbox }) => {
    await outbox.add([anOutboxItem()]);
    for (const _ of upTo(3)) {
      const { key, fence, attempts } = only(await outbox.claim(1, LEASE_MS));
      assert.equal(attempts, 0);
      await outbox.postpone(key, fence, { dueAtMs: START_MS, counted: false });
    }
  });
}

const QUEUE = "@lisi";

/** Something for a person's digest. */
function aLine(n: number, task = TASK): OutboxItem {
  const body = { kind: "line" as const, to: "lisi", line: { about: "text" as const, text: `${n}` } };
  return anOutboxItem({ key: `${task}:report:1~${n}`, taskId: QUEUE, lane: 5, body });
}

function standingBehind(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("shows the holder of a queue's first item what stands behind it", async ({ outbox }) => {
    await outbox.add([aLine(1), aLine(2), aLine(3), anOutboxItem({ key: "t_a:card:1", taskId: TASK })]);
    const claims = await outbox.claim(10, LEASE_MS);
    const [other, first] = claims as [OutboxClaim, OutboxClaim];
    assert.deepEqual(keysOf(claims), ["t_a:card:1", "t_a:report:1~1"]);
    assert.equal(first.task, undefined);
    assert.deepEqual(await outbox.behind(first.key, first.fence, 10), [aLine(2), aLine(3)]);
    assert.deepEqual(await outbox.behind(first.key, first.fence, 1), [aLine(2)]);
    assert.deepEqual(await outbox.behind(first.key, first.fence + 1, 10), []);
    assert.deepEqual(await outbox.behind(other.key, other.fence, 10), []);
  });

  test("settles a claimed item together with some behind it, and lets the next forward", async ({
    outbox,
  }) => {
    await outbox.add([aLine(1), aLine(2), aLine(3), aLine(4), anOutboxItem({ key: "t_a:card:1" })]);
    const [, first] = (await outbox.claim(10, LEASE_MS)) as [OutboxClaim, OutboxClaim];
    const behind = [aLine(2).key, aLine(3).key, "t_a:card:1", "t_a:nothing"];
    assert.equal(await outbox.settle(first.key, first.fence + 1, behind), false);
    assert.equal(await outbox.settle(first.key, first.fence, behind), true);
    assert.equal(await outbox.settle(first.key, first.fence, behind), false);
    assert.deepEqual(await outbox.depth(), { line: 1, answer: 1 });
    assert.equal(only(await outbox.claim(10, LEASE_MS)).key, aLine(4).key);
  });
}

function replacing(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("writes others in an item's place and lets the next of its task forward", async ({ outbox }) => {
    const report = anOutboxItem({ key: "t_a:report:1", taskId: TASK, lane: 2 });
    await outbox.add([report, anOutboxItem({ key: "t_a:ended:2", taskId: TASK, lane: 2 })]);
    const { key, fence } = only(await outbox.claim(10, LEASE_MS));
    assert.equal(await outbox.replace(key, fence, [aLine(1), aLine(2)]), true);
    assert.deepEqual(await outbox.depth(), { answer: 1, line: 2 });
    assert.deepEqual(keysOf(await outbox.claim(10, LEASE_MS)), ["t_a:ended:2", aLine(1).key]);
  });

  test("changes nothing when the fence is old", async ({ outbox }) => {
    await outbox.add([anOutboxItem({ key: "t_a:report:1", taskId: TASK })]);
    const { key, fence } = only(await outbox.claim(10, LEASE_MS));
    assert.equal(await outbox.replace(key, fence + 1, [aLine(1)]), false);
    assert.deepEqual(await outbox.depth(), { answer: 1 });
    assert.equal(await outbox.settle(key, fence), true);
    assert.equal(await outbox.replace(key, fence, [aLine(1)]), false);
    assert.deepEqual(await outbox.depth(), {});
  });
}

function listing(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("lists what may go next or is held, by lane and age, with why it was put back", async ({
    outbox,
    clock,
  }) => {
    await outbox.add([aLine(1), aLine(2), anOutboxItem({ key: "a" })]);
    clock.advance(5);
    await outbox.add([anOutboxItem({ key: "t_b:card:1", taskId: "t_b", lane: 1 })]);
    const { key, fence } = only(await outbox.claim(1, LEASE_MS));
    const to = { dueAtMs: START_MS + 99, counted: true, why: "45009 限流" };
    await outbox.postpone(key, fence, to);
    only(await outbox.claim(1, LEASE_MS));
    const { lane: _, ...first } = (await outbox.list(10, 1))[0] as OutboxWaiting;
    assert.deepEqual(first, {
      ...{ key: "t_b:card:1", taskId: "t_b", kind: "answer", dueAtMs: START_MS + 99 },
      ...{ createdAtMs: START_MS + 5, attempts: 1, why: "45009 限流" },
    });
    const all = await outbox.list(10);
    assert.deepEqual(
      all.map((one) => [one.key, one.heldUntilMs]),
      [
        ["t_b:card:1", undefined],
        ["a", START_MS + 5 + LEASE_MS],
        [aLine(1).key, undefined],
      ],
    );
    assert.equal((await outbox.list(2)).length, 2);
    assert.deepEqual(await outbox.list(0), []);
  });

  test("keeps the reason of a put back item until there is another", async ({ outbox }) => {
    await outbox.add([anOutboxItem()]);
    for (const why of ["first", undefined]) {
      const { key, fence } = only(await outbox.claim(1, LEASE_MS));
      await outbox.postpone(key, fence, { dueAtMs: START_MS, counted: true, ...(why ? { why } : {}) });
    }
    assert.equal((await outbox.list(1))[0]?.why, "first");
  });

  test("tells of each lane when its oldest was written", async ({ outbox, clock }) => {
    assert.deepEqual(await outbox.oldest(), {});
    await outbox.add([anOutboxItem({ key: "a" }), aLine(1)]);
    clock.advance(7);
    await outbox.add([anOutboxItem({ key: "b" }), anOutboxItem({ key: "c", lane: 1 })]);
    assert.deepEqual(await outbox.oldest(), { 1: START_MS + 7, 3: START_MS, 5: START_MS });
  });
}

function measuring(open: () => Promise<HarnessOf<"outbox">>): void {
  const test = testsOn(open);

  test("counts what waits by kind, held items too", async ({ outbox }) => {
    const card = anOutboxItem({ key: "card", taskId: TASK, body: { kind: "card", cardNo: 1 } });
    await outbox.add([card, anOutboxItem({ key: "a" }), anOutboxItem({ key: "b" })]);
    await outbox.claim(1, LEASE_MS);
    assert.deepEqual(await outbox.depth(), { card: 1, answer: 2 });
  });

  test("tells the earliest due time of what could be given out", async ({ outbox, clock }) => {
    assert.equal(await outbox.nextDueAtMs(), null);
    await outbox.add([anOutboxItem({ key: "a", taskId: TASK, dueAtMs: START_MS + 20 })]);
    await outbox.add([anOutboxItem({ key: "b", taskId: TASK, dueAtMs: START_MS + 10 })]);
    assert.equal(await outbox.nextDueAtMs(), START_MS + 20);
    clock.advance(20);
    await outbox.claim(1, LEASE_MS);
    assert.equal(await outbox.nextDueAtMs(), null);
    clock.advance(LEASE_MS);
    assert.equal(await outbox.nextDueAtMs(), START_MS + 20);
  });
}

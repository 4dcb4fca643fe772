import assert from "node:assert/strict";
import { describe } from "node:test";
import { chatWish, restsUntilMs, robotRestKey, robotRestWish, robotWish } from "../../core/outbox/index.ts";
import { type BucketSpec, MAX_BUCKETS, type TakeRequest } from "../../core/throttle/index.ts";
import { START_MS } from "../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const MINUTE_MS = 60_000;

/** A wish for one token of a bucket that holds one and gets one back each minute. */
export function aTake(overrides: Partial<TakeRequest> = {}): TakeRequest {
  const bucket = { key: "rule/shop", limit: 1, perMs: MINUTE_MS, burst: 1 };
  return { grantId: "t_1", ...bucket, atMs: START_MS, ...overrides };
}

/** What every throttle store promises. */
export function throttleStoreContract(name: string, open: () => Promise<HarnessOf<"throttle">>): void {
  describe(`throttle store: ${name}`, () => {
    taking(open);
    takingOfSeveral(open);
    remembering(open);
    trimming(open);
    sharing(open);
  });
}

/** The most of some instants that lie within one span. */
function mostWithin(instants: readonly number[], spanMs: number): number {
  return Math.max(
    ...instants.map((from) => instants.filter((at) => at >= from && at < from + spanMs).length),
  );
}

function sharing(open: () => Promise<HarnessOf<"throttle">>): void {
  const test = testsOn(open);
  const SECONDS = 150;
  const PROCESSES = 3;

  /** When processes that all want to send each second may, in the order of the seconds. */
  const grantedTo = async (
    wishAt: (atMs: number) => TakeRequest,
    throttle: HarnessOf<"throttle">["throttle"],
  ): Promise<number[]> => {
    const granted: number[] = [];
    for (let second = 0; second < SECONDS; second += 1) {
      const atMs = START_MS + second * 1000;
      const asked = upTo(PROCESSES).map(() => throttle.take([wishAt(atMs)]));
      const grants = (await Promise.all(asked)).flat();
      granted.push(...grants.flatMap(({ outcome }) => (outcome === "granted" ? [atMs] : [])));
    }
    return granted;
  };

  test("keeps the robot of a group within its minute, whoever sends", async ({ throttle }) => {
    const sent = await grantedTo((atMs) => robotWish("key", 1, atMs), throttle);
    assert.ok(mostWithin(sent, MINUTE_MS) <= 18, `${mostWithin(sent, MINUTE_MS)} in a minute`);
    assert.ok(sent.length >= 30, `${sent.length} in all`);
    const [other] = await throttle.take([robotWish("other", 1, START_MS)]);
    assert.equal(other?.outcome, "granted");
  });

  test("keeps a conversation of the AI bot within its minute and hour", async ({ throttle }) => {
    const limits = { perMinute: 20, perHour: 36 };
    const chat = { botId: "bot", chatId: "wrOps" };
    const sent = await grantedTo((atMs) => chatWish(chat, limits, atMs), throttle);
    assert.ok(mostWithin(sent, MINUTE_MS) <= 20);
    assert.deepEqual([sent.length >= 18, sent.length <= 20], [true, true]);
    const [other] = await throttle.take([chatWish({ ...chat, chatId: "wrops" }, limits, START_MS)]);
    assert.equal(other?.outcome, "granted");
  });

  test("lets all of them see that a robot rests", async ({ throttle }) => {
    assert.equal(restsUntilMs(await throttle.show(robotRestKey("key")), START_MS), null);
    await throttle.take([robotRestWish("key", START_MS)]);
    const rest = await throttle.show(robotRestKey("key"));
    assert.equal(restsUntilMs(rest, START_MS + 1), START_MS + MINUTE_MS);
    assert.equal(restsUntilMs(rest, START_MS + MINUTE_MS), null);
    // The clock was set back.
    assert.equal(restsUntilMs(rest, START_MS - 60 * MINUTE_MS), null);
  });
}

function taking(open: () => Promise<HarnessOf<"throttle">>): void {
  const test = testsOn(open);

  test("grants a full bucket's token and says when the next is there", async ({ throttle }) => {
    const [grant] = await throttle.take([aTake()]);
    assert.deepEqual(grant, {
      outcome: "granted",
      reason: "token_taken",
      bucket: { key: "rule/shop", tokens: 0, burst: 1, nextAtMs: START_MS + MINUTE_MS, held: 0 },
      heldBefore: 0,
    });
  });

  test("judges the requests of one call in order", async ({ throttle }) => {
    const requests = upTo(3).map((n) => aTake({ grantId: `t_${n}`, burst: 2 }));
    const grants = await throttle.take(requests);
    assert.deepEqual(
      grants.map((grant) => grant.outcome),
      ["granted", "granted", "held"],
    );
  });

  test("remembers no answer that has no grant id", async ({ throttle }) => {
    const wish = aTake({ grantId: "", burst: 2 });
    const grants = await throttle.take([wish, wish, wish]);
    assert.deepEqual(
      grants.map(({ outcome }) => outcome),
      ["granted", "granted", "held"],
    );
    assert.equal(await throttle.trim(START_MS - 1), 0);
    assert.equal(await throttle.trim(START_MS + 86_400_000), 1);
  });

  test("takes as many tokens as are wished for, or none", async ({ throttle }) => {
    const wish = { limit: 10, burst: 10, take: 6 };
    const [first, second] = await throttle.take([aTake(wish), aTake({ ...wish, grantId: "t_2" })]);
    assert.deepEqual([first?.outcome, first?.bucket.tokens], ["granted", 4]);
    assert.deepEqual([second?.outcome, second?.bucket.tokens], ["held", 4]);
    // Two more, of which one comes each six seconds.
    assert.equal(second?.bucket.nextAtMs, START_MS + 12_000);
    const later = aTake({ ...wish, grantId: "t_3", atMs: START_MS + 12_000 });
    assert.equal((await throttle.take([later]))[0]?.outcome, "granted");
  });

  test("keeps the buckets of different keys apart", async ({ throttle }) => {
    const grants = await throttle.take([aTake(), aTake({ grantId: "t_2", key: "rule/pay" })]);
    assert.deepEqual(
      grants.map((grant) => grant.outcome),
      ["granted", "granted"],
    );
  });

  test("takes an odd key for what it is, with NUL, quotes and Chinese in it", async ({ throttle }) => {
    const key = "a\u0000'\"; 磁盘 %_{p00}";
    await throttle.take([aTake({ key }), aTake({ key: "a", grantId: "t_2" })]);
    assert.equal((await throttle.show(key))?.key, key);
    const [again] = await throttle.take([aTake({ key, grantId: "t_3" })]);
    assert.equal(again?.outcome, "held");
  });

  test("never grants more than the burst to many takers at once", async ({ throttle }) => {
    const calls = upTo(50).map((n) => throttle.take([aTake({ grantId: `t_${n}`, burst: 7 })]));
    const grants = (await Promise.all(calls)).flat();
    assert.equal(grants.filter((grant) => grant.outcome === "granted").length, 7);
  });

  test("gives a token back after its time", async ({ throttle }) => {
    await throttle.take([aTake()]);
    const [early] = await throttle.take([aTake({ grantId: "t_2", atMs: START_MS + MINUTE_MS - 1 })]);
    const [due] = await throttle.take([aTake({ grantId: "t_3", atMs: START_MS + MINUTE_MS })]);
    assert.deepEqual([early?.outcome, due?.outcome], ["held", "granted"]);
  });

  test("judges by the request's instant, whatever the store's clock says", async ({ throttle, clock }) => {
    await throttle.take([aTake()]);
    clock.advance(10 * MINUTE_MS);
    const [grant] = await throttle.take([aTake({ grantId: "t_2", atMs: START_MS + 1 })]);
    assert.equal(grant?.outcome, "held");
  });

  test("refills nothing for a request from before the last one", async ({ throttle }) => {
    await throttle.take([aTake({ atMs: START_MS + MINUTE_MS })]);
    const late = aTake({ grantId: "t_2", atMs: START_MS });
    const next = aTake({ grantId: "t_3", atMs: START_MS + MINUTE_MS + 1 });
    const grants = await throttle.take([late, next]);
    assert.deepEqual(
      grants.map((grant) => grant.outcome),
      ["held", "held"],
    );
  });

  test("fills on for a wish of now when the clock was set back, and gives nothing for the turning back", async ({
    throttle,
  }) => {
    const now = { burst: 2, isNow: true as const, grantId: "" };
    const ask = async (atMs: number) => (await throttle.take([aTake({ ...now, atMs })]))[0]?.outcome;
    const hourAgo = START_MS - 60 * MINUTE_MS;
    assert.deepEqual(
      [await ask(START_MS), await ask(START_MS), await ask(hourAgo), await ask(hourAgo + MINUTE_MS - 1)],
      ["granted", "granted", "held", "held"],
    );
    assert.equal(await ask(hourAgo + MINUTE_MS), "granted");
  });

  test("gives a process whose clock is a little behind no token twice", async ({ throttle }) => {
    const at = [START_MS + MINUTE_MS, START_MS, START_MS + MINUTE_MS + 1];
    const wishes = at.map((atMs) => aTake({ atMs, isNow: true, grantId: "" }));
    const grants = await throttle.take(wishes);
    assert.deepEqual(
      grants.map(({ outcome }) => outcome),
      ["granted", "held", "held"],
    );
  });

  test("judges an old event that is read late by what the bucket was judged at", async ({ throttle }) => {
    await throttle.take([aTake()]);
    const old = START_MS - 60 * MINUTE_MS;
    const late = [aTake({ grantId: "t_2", atMs: old }), aTake({ grantId: "t_3", atMs: old + 2 * MINUTE_MS })];
    const grants = await throttle.take(late);
    assert.deepEqual(
      grants.map(({ outcome }) => outcome),
      ["held", "held"],
    );
  });

  test("answers no requests with no grants", async ({ throttle }) => {
    assert.deepEqual(await throttle.take([]), []);
  });
}

/** A bucket for two tasks an hour. */
const SHARED: BucketSpec = { key: "@shop", limit: 2, perMs: 60 * MINUTE_MS, burst: 2 };

function takingOfSeveral(open: () => Promise<HarnessOf<"throttle">>): void {
  const test = testsOn(open);

  test("takes of every bucket that a wish asks, or of none", async ({ throttle }) => {
    const wishes = upTo(3).map((n) => aTake({ grantId: `t_${n}`, key: `rule/${n}`, also: [SHARED] }));
    const grants = await throttle.take(wishes);
    assert.deepEqual(
      grants.map(({ outcome }) => outcome),
      ["granted", "granted", "held"],
    );
    assert.equal(grants[2]?.bucket.key, "@shop");
    assert.deepEqual(
      grants[2]?.also?.map(({ key, tokens }) => [key, tokens]),
      [["rule/2", 1]],
    );
    assert.equal((await throttle.show("rule/2"))?.tokens, 1);
    assert.equal((await throttle.show("@shop"))?.tokens, 0);
  });

  test("spends nothing of a shared bucket when the rule's own is empty", async ({ throttle }) => {
    const grants = await throttle.take(upTo(2).map((n) => aTake({ grantId: `t_${n}`, also: [SHARED] })));
    assert.deepEqual(
      grants.map(({ outcome }) => outcome),
      ["granted", "held"],
    );
    assert.equal((await throttle.show("@shop"))?.tokens, 1);
  });

  test("grants no more than a shared bucket holds to many rules at once", async ({ throttle }) => {
    const calls = upTo(40).map((n) => {
      const wish = aTake({ grantId: `t_${n}`, key: `rule/${n}`, also: [{ ...SHARED, burst: 9 }] });
      return throttle.take([wish]);
    });
    const grants = (await Promise.all(calls)).flat();
    assert.equal(grants.filter(({ outcome }) => outcome === "granted").length, 9);
  });

  test("answers a grant id as before when it asks other buckets", async ({ throttle }) => {
    const first = await throttle.take([aTake({ also: [SHARED] })]);
    assert.deepEqual(await throttle.take([aTake({ key: "other", also: [] })]), first);
    assert.equal(await throttle.show("other"), null);
  });

  test("counts what a bucket holds back, and tells it once with its next token", async ({ throttle }) => {
    const wishes = upTo(42).map((n) => aTake({ grantId: `t_${n}` }));
    await throttle.take(wishes);
    assert.equal((await throttle.show("rule/shop"))?.held, 41);
    const later = aTake({ grantId: "t_next", atMs: START_MS + MINUTE_MS });
    const [next] = await throttle.take([later]);
    const [again] = await throttle.take([later]);
    assert.deepEqual([next?.heldBefore, next?.bucket.held, again?.heldBefore], [41, 0, 41]);
    assert.equal((await throttle.show("rule/shop"))?.held, 0);
  });
}

function remembering(open: () => Promise<HarnessOf<"throttle">>): void {
  const test = testsOn(open);

  test("answers a grant id as it did the first time, granted or held, much later too", async ({
    throttle,
  }) => {
    const first = await throttle.take([aTake(), aTake({ grantId: "t_2" })]);
    const muchLater = START_MS + 100 * MINUTE_MS;
    const again = await throttle.take([
      aTake({ atMs: muchLater }),
      aTake({ grantId: "t_2", atMs: muchLater }),
    ]);
    assert.deepEqual(again, first);
    assert.equal(first[1]?.outcome, "held");
  });

  test("takes no second token for a repeated grant id", async ({ throttle }) => {
    await throttle.take([aTake({ burst: 2 })]);
    await throttle.take([aTake({ burst: 2 })]);
    const [other] = await throttle.take([aTake({ grantId: "t_2", burst: 2 })]);
    assert.equal(other?.outcome, "granted");
  });

  test("gives the same answer to one grant id twice in one call, and in many calls at once", async ({
    throttle,
  }) => {
    const [one, two] = await throttle.take([aTake(), aTake()]);
    assert.deepEqual(one, two);
    const calls = upTo(20).map(() => throttle.take([aTake({ grantId: "t_2", key: "other" })]));
    for (const [grant] of await Promise.all(calls)) assert.equal(grant?.outcome, "granted");
  });

  test("shows the bucket as last judged, and null for one that never was", async ({ throttle }) => {
    assert.equal(await throttle.show("rule/shop"), null);
    const [grant] = await throttle.take([aTake()]);
    assert.deepEqual(await throttle.show("rule/shop"), grant?.bucket);
  });
}

function trimming(open: () => Promise<HarnessOf<"throttle">>): void {
  const test = testsOn(open);

  test("forgets old grants and buckets that have been full since before the instant", async ({
    throttle,
  }) => {
    await throttle.take([aTake()]);
    assert.equal(await throttle.trim(START_MS + 2 * MINUTE_MS), 2);
    assert.equal(await throttle.show("rule/shop"), null);
    const [again] = await throttle.take([aTake()]);
    assert.equal(again?.outcome, "granted");
  });

  test("keeps a grant that is not older and a bucket that was not full yet", async ({ throttle, clock }) => {
    await throttle.take([aTake()]);
    clock.advance(MINUTE_MS);
    await throttle.take([aTake({ grantId: "t_2", key: "young", atMs: clock.nowMs() })]);
    assert.equal(await throttle.trim(START_MS + MINUTE_MS), 1);
    assert.notEqual(await throttle.show("rule/shop"), null);
    const [again] = await throttle.take([aTake({ grantId: "t_2", key: "young", atMs: clock.nowMs() })]);
    assert.equal(again?.outcome, "granted");
  });

  test("keeps no more buckets than its bound, and those that are full the latest", async ({ throttle }) => {
    const surplus = 300;
    const wishes = upTo(MAX_BUCKETS + surplus).map((n) =>
      aTake({ grantId: `t_${n}`, key: `rule/${n}`, atMs: START_MS + n }),
    );
    for (let from = 0; from < wishes.length; from += 5_000)
      await throttle.take(wishes.slice(from, from + 5_000));
    assert.equal(await throttle.trim(START_MS - 1), surplus);
    assert.equal(await throttle.show(`rule/${surplus - 1}`), null);
    assert.notEqual(await throttle.show(`rule/${surplus}`), null);
  });

  test("keeps the answer for an old event that was read late", async ({ throttle, clock }) => {
    clock.advance(60 * MINUTE_MS);
    await throttle.take([aTake(), aTake({ grantId: "t_2" })]);
    await throttle.trim(START_MS + 30 * MINUTE_MS);
    const [again] = await throttle.take([aTake({ grantId: "t_2" })]);
    assert.equal(again?.outcome, "held");
  });
}

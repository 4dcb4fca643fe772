import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  DEFAULT_BUDGETS,
  memberBuckets,
  messagesLeft,
  mostMessages,
  sendingWish,
} from "../../../core/outbox/index.ts";
import type { Lane } from "../../../core/ports/index.ts";
import { type Bucket, bucketsAsked, takeTokens } from "../../../core/throttle/index.ts";
import { START_MS } from "../../support/clock.ts";

const LIMITS = DEFAULT_BUDGETS;
const MINUTE_MS = 60_000;

/** Buckets in a map, as a store has them. */
function taker() {
  const buckets = new Map<string, Bucket>();
  return (lane: Lane, atMs: number, messages = 1): boolean => {
    const wish = sendingWish({ recipients: ["lisi"], lane, messages, atMs }, LIMITS);
    const asked = bucketsAsked(wish);
    const judged = takeTokens(
      asked.map(({ key }) => buckets.get(key)),
      wish,
    );
    asked.forEach(({ key }, i) => void buckets.set(key, judged.buckets[i] as Bucket));
    return judged.grant.outcome === "granted";
  };
}

describe("the budget of a person", () => {
  test("keeps any minute under 30 messages and any hour under 1,000, whoever asks when", () => {
    const asks = fc.array(
      fc.record({ lane: fc.constantFrom<Lane>(1, 2, 3, 4, 5), waitMs: fc.integer({ max: 9_000, min: 0 }) }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(asks, (wishes) => {
        const take = taker();
        const sent: number[] = [];
        let atMs = START_MS;
        for (const { lane, waitMs } of wishes) {
          atMs += waitMs;
          if (take(lane, atMs)) sent.push(atMs);
        }
        for (const [i, from] of sent.entries()) {
          assert.ok(sent.slice(i).filter((at) => at < from + MINUTE_MS).length <= 24);
        }
      }),
      { numRuns: 40 },
    );
    const take = taker();
    let sent = 0;
    for (let atMs = START_MS; atMs < START_MS + 60 * MINUTE_MS; atMs += 500) sent += take(1, atMs) ? 1 : 0;
    assert.ok(sent > 600 && sent <= 24 * 30.5 && sent < 1000, `${sent}`);
  });

  for (const lane of [2, 3, 4, 5] as const) {
    test(`keeps room for approvals however much lane ${lane} asks`, () => {
      const take = taker();
      for (let atMs = START_MS; atMs < START_MS + 10 * MINUTE_MS; atMs += 250) {
        take(lane, atMs);
        // One approval every twelve seconds is always let through.
        if ((atMs - START_MS) % 12_000 === 0) assert.equal(take(1, atMs), true, `${atMs - START_MS}`);
      }
    });
  }

  test("keeps room for digests and answers while results ask all the time", () => {
    const take = taker();
    const granted = { digests: 0, answers: 0 };
    for (let atMs = START_MS; atMs < START_MS + 10 * MINUTE_MS; atMs += 250) {
      take(2, atMs);
      if (take(5, atMs)) granted.digests++;
      if ((atMs - START_MS) % 30_000 === 0 && take(3, atMs)) granted.answers++;
    }
    assert.ok(granted.digests >= 18, `${granted.digests}`);
    assert.equal(granted.answers, 20);
  });

  test("takes as much as a text has messages, at most what it can ever hold", () => {
    const most = mostMessages(3, LIMITS);
    assert.equal(most, 7);
    const take = taker();
    assert.equal(take(3, START_MS, most), true);
    assert.equal(take(3, START_MS, 1), false);
    // More than that goes when everything is there.
    assert.equal(take(3, START_MS + most * MINUTE_MS, most + 1), true);
  });
});

describe("what is left of a budget", () => {
  test("is never more than is granted then", () => {
    const buckets = new Map<string, Bucket>();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.constantFrom(1, 2, 3))), (steps) => {
        buckets.clear();
        let atMs = START_MS;
        for (const [waitMs, messages] of steps) {
          atMs += waitMs;
          const specs = memberBuckets("lisi", 1, LIMITS);
          const asked = { ...specs[0], take: messages, grantId: "g", atMs } as Parameters<
            typeof takeTokens
          >[1];
          const { grant, buckets: after } = takeTokens([buckets.get("b")], asked);
          buckets.set("b", after[0] as Bucket);
          const laterMs = atMs + 7_000;
          const left = messagesLeft([grant.bucket], specs, laterMs);
          if (left === 0) continue;
          const wish = { ...asked, atMs: laterMs, take: left };
          assert.equal(takeTokens([after[0]], wish).grant.outcome, "granted");
        }
      }),
    );
  });

  test("is everything where nothing was ever sent", () => {
    assert.equal(messagesLeft([null], memberBuckets("lisi", 1, LIMITS), START_MS), 12);
  });
});

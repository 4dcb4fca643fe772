import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type Bucket,
  type BucketSpec,
  bucketsAsked,
  type Grant,
  type TakeRequest,
  takeToken,
  takeTokens,
} from "../../../core/throttle/index.ts";

const T0 = Date.UTC(2026, 10, 1);

function aTake(atMs: number, overrides: Partial<TakeRequest> = {}): TakeRequest {
  return { grantId: "t_1", key: "k", limit: 1, perMs: 600_000, burst: 1, atMs, ...overrides };
}

/** The answers to some requests in their order, on one bucket. */
function answers(requests: readonly TakeRequest[]): Grant[] {
  let bucket: Bucket | undefined;
  return requests.map((request) => {
    const taken = takeToken(bucket, request);
    bucket = taken.bucket;
    return taken.grant;
  });
}

function outcomes(requests: readonly TakeRequest[]): string[] {
  return answers(requests).map(({ outcome }) => outcome);
}

describe("one task per ten minutes", () => {
  test("grants the first at once and the next when a token has come back", () => {
    const at = [0, 1, 599_999, 600_000, 600_001, 1_200_000];
    assert.deepEqual(outcomes(at.map((ms) => aTake(T0 + ms))), [
      "granted",
      "held",
      "held",
      "granted",
      "held",
      "granted",
    ]);
  });

  test("saves no more tokens than the burst, however long nothing comes", () => {
    const at = [0, 10 ** 10, 10 ** 10 + 1];
    assert.deepEqual(outcomes(at.map((ms) => aTake(T0 + ms))), ["granted", "granted", "held"]);
  });
});

test("a burst is granted at once, then the rate holds", () => {
  const requests = [0, 0, 0, 0, 1000, 1000].map((ms) => aTake(T0 + ms, { limit: 1, perMs: 1000, burst: 3 }));
  assert.deepEqual(outcomes(requests), ["granted", "granted", "granted", "held", "granted", "held"]);
});

test("an answer says when the next token is there", () => {
  const [first, second] = answers([aTake(T0), aTake(T0 + 60_000)]);
  assert.deepEqual(first, {
    outcome: "granted",
    reason: "token_taken",
    bucket: { key: "k", tokens: 0, burst: 1, nextAtMs: T0 + 600_000, held: 0 },
    heldBefore: 0,
  });
  assert.deepEqual([second?.outcome, second?.reason], ["held", "no_token"]);
  assert.equal(second?.bucket.nextAtMs, T0 + 600_000);
});

test("a bucket that still holds a token says it is there now", () => {
  const [first] = answers([aTake(T0, { burst: 2 })]);
  assert.equal(first?.bucket.nextAtMs, T0);
});

test("an event from before the last one neither refills nor drains time", () => {
  const at = [0, 300_000, -5_000_000, 300_000, 599_999, 600_000];
  assert.deepEqual(outcomes(at.map((ms) => aTake(T0 + ms))), [
    "granted",
    "held",
    "held",
    "held",
    "held",
    "granted",
  ]);
});

test("a rule edited to a smaller burst drops what was saved", () => {
  const { bucket } = takeToken(undefined, aTake(T0, { burst: 10 }));
  assert.equal(bucket.tokens, 9);
  assert.equal(takeToken(bucket, aTake(T0, { burst: 1 })).bucket.tokens, 0);
});

const shape = fc.record({
  limit: fc.integer({ min: 1, max: 7 }),
  perMs: fc.constantFrom(1, 3, 7, 1000, 60_000, 600_000),
  burst: fc.integer({ min: 1, max: 5 }),
});

test("no window ever holds more grants than burst and rate allow, whatever the order of instants", () => {
  const offsets = fc.array(fc.integer({ min: -700_000, max: 2_000_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(shape, offsets, (spec, at) => {
      const requests = at.map((ms) => aTake(T0 + ms, spec));
      const granted = answers(requests).map(({ outcome }) => outcome === "granted");
      let latest = Number.NEGATIVE_INFINITY;
      const judgedAt = requests.map(({ atMs }) => {
        latest = Math.max(latest, atMs);
        return latest;
      });
      for (let from = 0; from < at.length; from += 1) {
        let count = 0;
        for (let to = from; to < at.length; to += 1) {
          if (granted[to]) count += 1;
          const spanMs = (judgedAt[to] ?? 0) - (judgedAt[from] ?? 0);
          assert.ok(count <= spec.burst + (spanMs * spec.limit) / spec.perMs + 1e-6);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("a token is granted at the instant that was named and not a millisecond before", () => {
  fc.assert(
    fc.property(
      shape,
      fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 30 }),
      (spec, gaps) => {
        let bucket: Bucket | undefined;
        let atMs = T0;
        for (const gap of gaps) {
          atMs += gap;
          const taken = takeToken(bucket, aTake(atMs, spec));
          bucket = taken.bucket;
          const { nextAtMs } = taken.grant.bucket;
          assert.equal(takeToken(bucket, aTake(nextAtMs, spec)).grant.outcome, "granted");
          if (nextAtMs > atMs)
            assert.equal(takeToken(bucket, aTake(nextAtMs - 1, spec)).grant.outcome, "held");
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a steady sender gets its full rate: rounding eats no tokens", () => {
  for (const [limit, perMs] of [
    [3, 1000],
    [7, 60_000],
    [1, 3],
  ] as const) {
    const everyMs = Math.ceil(perMs / limit);
    const requests = Array.from({ length: 5000 }, (_, i) =>
      aTake(T0 + i * everyMs, { limit, perMs, burst: 1 }),
    );
    assert.equal(outcomes(requests).includes("held"), false);
  }
});

test("the stored bucket is as large as before or after any number of requests: never negative, never above the burst", () => {
  fc.assert(
    fc.property(shape, fc.array(fc.integer({ min: -1000, max: 100_000 })), (spec, at) => {
      let bucket: Bucket | undefined;
      for (const ms of at) {
        bucket = takeToken(bucket, aTake(T0 + ms, spec)).bucket;
        assert.ok(bucket.tokens >= 0 && bucket.tokens <= spec.burst && Number.isSafeInteger(bucket.atMs));
      }
    }),
  );
});

test("counts what a bucket held back, and tells it with the next token", () => {
  const grants = answers([0, 1, 2, 3, 600_000, 600_001].map((ms) => aTake(T0 + ms)));
  assert.deepEqual(
    grants.map(({ bucket, heldBefore }) => [bucket.held, heldBefore]),
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [0, 3],
      [1, 0],
    ],
  );
});

describe("a wish for a token of several buckets", () => {
  const shop: BucketSpec = { key: "@shop", limit: 1, perMs: 1_200_000, burst: 1 };
  const all: BucketSpec = { key: "@all", limit: 10, perMs: 60_000, burst: 10 };

  test("takes of each when each has one", () => {
    const { grant, buckets } = takeTokens([], aTake(T0, { also: [shop, all] }));
    assert.equal(grant.outcome, "granted");
    assert.equal(grant.bucket.key, "k");
    assert.deepEqual(
      buckets.map(({ tokens }) => tokens),
      [0, 0, 9],
    );
  });

  test("takes of none when one has none, and names the one whose token comes last", () => {
    const empty: Bucket = { tokens: 0, atMs: T0, held: 0 };
    const { grant, buckets } = takeTokens([empty, empty], aTake(T0, { also: [shop, all] }));
    assert.equal(grant.outcome, "held");
    assert.deepEqual([grant.bucket.key, grant.bucket.nextAtMs], ["@shop", T0 + 1_200_000]);
    assert.deepEqual(
      grant.also?.map(({ key, tokens }) => [key, tokens]),
      [
        ["k", 0],
        ["@all", 10],
      ],
    );
    assert.deepEqual(
      buckets.map(({ tokens, held }) => [tokens, held]),
      [
        [0, 1],
        [0, 1],
        [10, 1],
      ],
    );
  });

  test("is granted exactly when each bucket alone would grant, and changes all or none", () => {
    const bucket = fc.option(
      fc.record({ tokens: fc.constantFrom(0, 0.5, 1, 3), atMs: fc.nat(9_000), held: fc.nat(3) }),
      { nil: undefined },
    );
    const spec = fc.record({ limit: fc.integer({ min: 1, max: 3 }), burst: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(bucket, spec), { minLength: 1, maxLength: 5 }),
        fc.nat(9_000),
        (rows, at) => {
          const specs = rows.map(([, one], n) => ({ key: `b${n}`, perMs: 1_000, ...one }));
          const request = { grantId: "t", atMs: at, ...(specs[0] as BucketSpec), also: specs.slice(1) };
          const stored = rows.map(([one]) => one);
          const { grant, buckets } = takeTokens(stored, request);
          const alone = bucketsAsked(request).map((one, n) => takeToken(stored[n], { ...request, ...one }));
          assert.equal(
            grant.outcome === "granted",
            alone.every((one) => one.grant.outcome === "granted"),
          );
          for (const [n, { bucket: single, grant: own }] of alone.entries()) {
            const back = grant.outcome === "held" && own.outcome === "granted" ? 1 : 0;
            assert.ok(Math.abs((buckets[n]?.tokens ?? 0) - single.tokens - back) < 1e-6);
            assert.equal(buckets[n]?.atMs, single.atMs);
          }
        },
      ),
    );
  });
});

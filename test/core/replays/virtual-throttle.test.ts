import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { virtualThrottle } from "../../../core/replays/index.ts";
import type { BucketSpec, TakeRequest } from "../../../core/throttle/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";

const wishes = fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), afterMs: fc.nat(900) }), {
  maxLength: 40,
});
const specs = fc.record({ limit: fc.integer({ min: 1, max: 3 }), burst: fc.integer({ min: 1, max: 3 }) });

test("answers the same when it goes on from what was kept, and keeps no bucket that is full", () => {
  fc.assert(
    fc.property(wishes, specs, fc.nat(40), (given, spec, cut) => {
      let atMs = 0;
      const requests: TakeRequest[] = given.map(({ key, afterMs }) => {
        atMs += afterMs;
        return { grantId: "", key, perMs: 1_000, ...spec, atMs };
      });
      const whole = virtualThrottle([]);
      const expected = requests.map((request) => whole.take(request));
      const first = virtualThrottle([]);
      const before = requests.slice(0, cut).map((request) => first.take(request));
      const kept = first.buckets(requests[cut - 1]?.atMs ?? 0);
      assert.ok(kept.every(({ fullAtMs }) => fullAtMs > (requests[cut - 1]?.atMs ?? 0)));
      const second = virtualThrottle(JSON.parse(JSON.stringify(kept)) as typeof kept);
      const after = requests.slice(cut).map((request) => second.take(request));
      const outcomes = (grants: typeof expected) => grants.map(({ outcome }) => outcome);
      assert.deepEqual(outcomes([...before, ...after]), outcomes(expected));
    }),
  );
});

test("answers as the true store does, shared buckets and late events too", async () => {
  const spec = fc.record({
    key: fc.constantFrom("a", "b", "@shared"),
    limit: fc.integer({ min: 1, max: 3 }),
    burst: fc.integer({ min: 1, max: 3 }),
  });
  const given = fc.array(
    fc.record({
      asked: fc.uniqueArray(spec, { minLength: 1, maxLength: 3, selector: ({ key }) => key }),
      atMs: fc.nat(5_000),
    }),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(given, async (wanted) => {
      const store = openMemoryStore({ clock: movableClock() });
      const virtual = virtualThrottle([]);
      const requests = wanted.map(({ asked, atMs }, no): TakeRequest => {
        const [first, ...also] = asked.map((one) => ({ ...one, perMs: 1_000 }));
        return { grantId: `t_${no}`, atMs, ...(first as BucketSpec), ...(also.length > 0 ? { also } : {}) };
      });
      const real = await store.throttle.take(requests);
      assert.deepEqual(
        requests.map((request) => virtual.take(request)),
        real,
      );
    }),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { virtualThrottle } from "../../../core/replays/index.ts";
import type { TakeRequest } from "../../../core/throttle/index.ts";

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

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pollAtMs, pollDelayMs } from "../../../../bot/workers/follow/poll-pace.ts";

const TOLD: [ageMs: number, delayMs: number][] = [
  [-5_000, 5_000],
  [29_999, 5_000],
  [30_000, 30_000],
  [300_000, 60_000],
  [86_400_000, 60_000],
];

for (const [ageMs, delayMs] of TOLD) {
  test(`beside a stream that is relied on, an execution of ${ageMs} ms is asked about after ${delayMs} ms`, () => {
    assert.equal(pollDelayMs(ageMs, true), delayMs);
  });
}

test("a poll is never before now nor after its delay", () => {
  const aRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.nat(2_000_000_000),
      fc.constantFrom(1_000, 5_000, 30_000, 60_000),
      aRandom,
      (now, delay, r) => {
        const atMs = pollAtMs(now, delay, r);
        assert.ok(atMs > now && atMs <= now + delay);
      },
    ),
  );
});

test("ten thousand polls of one sweep fall on a few instants, so that they share requests", () => {
  const instants = new Set(Array.from({ length: 10_000 }, (_, i) => pollAtMs(0, 60_000, i / 10_000)));
  assert.ok(instants.size <= 11, `${instants.size} instants`);
});

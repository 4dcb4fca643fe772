import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BackoffInput, nextDelayMs } from "../../../adapters/outbound/index.ts";

const LIMITS = { baseMs: 100, maxMs: 1000, random: 0.5 };

const TABLE: [name: string, input: BackoffInput, delayMs: number][] = [
  ["waits a random share of the base after the first failure", { ...LIMITS, attempt: 1 }, 50],
  ["doubles the edge with each attempt", { ...LIMITS, attempt: 3 }, 200],
  ["never draws beyond the longest wait", { ...LIMITS, attempt: 10 }, 500],
  ["stays finite after a thousand attempts", { ...LIMITS, attempt: 2000 }, 500],
  ["may come back at once when the draw is 0", { ...LIMITS, attempt: 4, random: 0 }, 0],
  ["stays below the edge when the draw is almost 1", { ...LIMITS, attempt: 1, random: 0.999 }, 99],
  ["treats an attempt of 0 as the first", { ...LIMITS, attempt: 0 }, 50],
  ["lets the server's delay win over a shorter own one", { ...LIMITS, attempt: 1, retryAfterMs: 700 }, 700],
  [
    "lets the server's delay win beyond the longest wait",
    { ...LIMITS, attempt: 1, retryAfterMs: 9000 },
    9000,
  ],
  ["comes back at once when the server says 0", { ...LIMITS, attempt: 5, retryAfterMs: 0 }, 0],
  ["ignores a delay of the server that is not a number", { ...LIMITS, attempt: 1, retryAfterMs: NaN }, 50],
  ["ignores a negative delay of the server", { ...LIMITS, attempt: 1, retryAfterMs: -1 }, 50],
];

for (const [name, input, delayMs] of TABLE) {
  test(name, () => assert.equal(nextDelayMs(input), delayMs));
}

test("keeps every own delay between 0 and the longest wait, whatever the numbers", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 60_000 }), random, (attempt, baseMs, draw) => {
      const delayMs = nextDelayMs({ attempt, baseMs, maxMs: 300_000, random: draw });
      assert.ok(Number.isInteger(delayMs) && delayMs >= 0 && delayMs < 300_000);
    }),
  );
});

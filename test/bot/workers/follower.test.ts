import assert from "node:assert/strict";
import { test } from "node:test";
import { pollDelayMs } from "../../../bot/workers/index.ts";

const AGES: [ageMs: number, delayMs: number][] = [
  [-5_000, 1_000],
  [0, 1_000],
  [29_999, 1_000],
  [30_000, 5_000],
  [299_999, 5_000],
  [300_000, 30_000],
  [86_400_000, 30_000],
];

for (const [ageMs, delayMs] of AGES) {
  test(`an execution of ${ageMs} ms is asked about again after ${delayMs} ms`, () => {
    assert.equal(pollDelayMs(ageMs), delayMs);
  });
}

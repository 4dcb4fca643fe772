import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Pace, type PaceOutcome, pace } from "../../../core/commands/index.ts";

function outcomes(gapsMs: readonly number[]): PaceOutcome[] {
  let state: Pace | undefined;
  let nowMs = 1_000_000;
  return gapsMs.map((gap) => {
    nowMs += gap;
    const judged = pace(state, nowMs);
    state = judged.after;
    return judged.outcome;
  });
}

test("a flood is answered up to its bound, then told once, then not at all", () => {
  const told = outcomes(Array.from({ length: 200 }, () => 0));
  assert.deepEqual([told[19], told[20], told[21], told[199]], ["answered", "told", "dropped", "dropped"]);
  assert.equal(told.filter((one) => one === "told").length, 1);
});

test("after a pause one may write again, and a later flood is told of again", () => {
  const flood = Array.from({ length: 30 }, () => 0);
  const later = outcomes([...flood, 60_000, ...flood]);
  assert.deepEqual([later[30], later.filter((one) => one === "told").length], ["answered", 2]);
});

test("whoever goes on at the bound is not told each time", () => {
  const steady = outcomes([
    ...Array.from({ length: 30 }, () => 0),
    ...Array.from({ length: 100 }, () => 1_900),
  ]);
  assert.equal(steady.filter((one) => one === "told").length, 1);
});

test("whatever the pace, and when the clock goes back, no more is answered than the bound", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 8_000 }), { maxLength: 200 }), (gaps) => {
      const answered = outcomes(gaps).filter((one) => one === "answered").length;
      const forwardMs = gaps.reduce((sum, gap) => sum + Math.max(0, gap), 0);
      assert.ok(answered <= 20 + forwardMs / 2_000);
    }),
  );
});

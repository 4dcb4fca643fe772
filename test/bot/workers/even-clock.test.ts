import assert from "node:assert/strict";
import { test } from "node:test";
import { evenClock } from "../../../bot/workers/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;

function setting() {
  const clock = movableClock();
  let elapsedMs = 1_000;
  const log = recordingLog();
  const isEven = evenClock({ clock, elapsedMs: () => elapsedMs, log });
  return {
    clock,
    log,
    isEven,
    /** Time goes on, and the clock with it. */
    pass: (ms: number) => {
      elapsedMs += ms;
      clock.advance(ms);
    },
  };
}

test("a clock is relied on once it has gone evenly for a quarter of an hour", () => {
  const { isEven, pass, log } = setting();
  assert.equal(isEven(), false);
  pass(15 * MINUTE_MS - 1);
  assert.equal(isEven(), false);
  pass(1);
  assert.equal(isEven(), true);
  assert.deepEqual(log.lines, []);
});

for (const [leap, ms] of [
  ["forward", YEAR_MS],
  ["back", -YEAR_MS],
] as const) {
  test(`one that leaps ${leap} must go evenly as long again, and the log says so once`, () => {
    const { clock, isEven, pass, log } = setting();
    pass(20 * MINUTE_MS);
    assert.equal(isEven(), true);
    clock.advance(ms);
    assert.equal(isEven(), false);
    pass(15 * MINUTE_MS - 1);
    assert.equal(isEven(), false);
    pass(1);
    assert.equal(isEven(), true);
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields]),
      [["warn", { leapMs: ms }]],
    );
  });
}

test("one that is set by seconds, again and again, goes evenly", () => {
  const { clock, isEven, pass, log } = setting();
  for (let minutes = 0; minutes < 100; minutes++) {
    pass(MINUTE_MS);
    clock.advance(MINUTE_MS / 2);
    assert.equal(isEven(), minutes >= 14);
  }
  assert.deepEqual(log.lines, []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { rateGate } from "../../../bot/http/index.ts";
import { START_MS } from "../../support/clock.ts";

const LIMITS = { perSecond: 1, burst: 2 };

/** How many of so many requests at once may pass. */
function passing(gate: ReturnType<typeof rateGate>, asked: number): number {
  const waits = Array.from({ length: asked }, () => gate.take("a", LIMITS, START_MS));
  return waits.filter((wait) => wait === null).length;
}

test("what was given back may be taken again, and never more than the burst", () => {
  const gate = rateGate();
  assert.equal(passing(gate, 3), 2);
  gate.giveBack("a", LIMITS);
  assert.equal(passing(gate, 2), 1);
  for (let n = 0; n < 9; n += 1) gate.giveBack("a", LIMITS);
  assert.equal(passing(gate, 9), 2);
});

test("giving back of a source that nobody sent to, or that has no limit, changes nothing", () => {
  const gate = rateGate();
  gate.giveBack("a", LIMITS);
  assert.equal(passing(gate, 3), 2);
  gate.giveBack("a", undefined);
  assert.equal(passing(gate, 1), 0);
});

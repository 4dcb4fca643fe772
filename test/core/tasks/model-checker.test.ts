import assert from "node:assert/strict";
import { test } from "node:test";
import { type Exploration, explore, INVARIANTS, taskSpace } from "../../support/model/index.ts";
import { SCENES } from "./model-scenes.ts";

/**
 * `WHALE_MODEL=full` explores every scene to its last state: 401,476 states and 3,253,759 transitions in all, a minute of
 * a quiet machine. Otherwise a scene ends after so many states, nearest first, which is every way of about 16 moves.
 */
const IS_FULL = process.env["WHALE_MODEL"] === "full";
const MAX_STATES = IS_FULL ? Number.POSITIVE_INFINITY : 20_000;
const WHOLE = ["delegated", "chosen", "againByTwo", "doubled"];

function told(name: string, { states, transitions, depth, complete }: Exploration): string {
  const bound = complete ? "all of it" : `ended at ${MAX_STATES} states; WHALE_MODEL=full sees all`;
  return `${name}: ${states} states, ${transitions} transitions, ${depth} moves deep (${bound})`;
}

for (const [name, plan] of Object.entries(SCENES)) {
  test(`no interleaving of the scene "${name}" breaks an invariant`, (t) => {
    const seen = explore(taskSpace(plan), { maxDepth: Number.POSITIVE_INFINITY, maxStates: MAX_STATES });
    t.diagnostic(told(name, seen));
    assert.equal(seen.violation, null, seen.violation?.trace.join("\n"));
    assert.equal(seen.complete, IS_FULL || WHOLE.includes(name));
  });
}

test("the invariants are those of the promises, by name", () => {
  assert.deepEqual(Object.values(INVARIANTS).sort(), [
    "every input is answered",
    "never doubled silently",
    "never started twice",
    "never started without quorum",
    "never steered without an order",
    "never stuck",
    "never stuck without a due time",
    "nothing runs that was taken back",
    "terminal stays terminal",
  ]);
});

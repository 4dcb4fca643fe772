import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sortInTurns } from "../../../adapters/sqlite/sort-in-turns.ts";

async function sorted(keys: readonly string[]): Promise<{ keys: string[]; turns: number }> {
  let turns = 0;
  const turn = async (work: () => void): Promise<void> => {
    turns += 1;
    work();
    // As when another job of the same transaction throws.
    work();
  };
  return { keys: await sortInTurns(keys, turn), turns };
}

test("keys are sorted as at once, however many there are", async () => {
  const many = fc.integer({ min: 0, max: 5_500 });
  await fc.assert(
    fc.asyncProperty(many, fc.integer(), async (count, seed) => {
      const keys = Array.from({ length: count }, (_, i) => String(Math.imul(i + seed, 0x9e3779b1) % 3_000));
      assert.deepEqual((await sorted(keys)).keys, [...keys].sort());
    }),
    { numRuns: 50 },
  );
});

test("few keys take one turn, many take several", async () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => String(count - i));
  assert.equal((await sorted(keys(1_000))).turns, 1);
  // Five runs, which are merged to three, two and one.
  assert.equal((await sorted(keys(4_001))).turns, 5 + 3 + 2 + 1);
});

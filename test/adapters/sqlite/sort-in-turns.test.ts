import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sortInTurns } from "../../../adapters/sqlite/sort-in-turns.ts";

async function sorted(by: readonly number[]): Promise<{ by: number[]; turns: number }> {
  let turns = 0;
  const turn = async (work: () => void): Promise<void> => {
    turns += 1;
    work();
    // As when another job of the same transaction throws.
    work();
  };
  const keys = await sortInTurns(
    by.map((one) => ({ by: one, key: `key of ${one}` })),
    turn,
  );
  for (const one of keys) assert.equal(one.key, `key of ${one.by}`);
  return { by: keys.map((one) => one.by), turns };
}

test("keys are sorted as at once, however many there are", async () => {
  const many = fc.integer({ min: 0, max: 5_500 });
  await fc.assert(
    fc.asyncProperty(many, fc.integer(), async (count, seed) => {
      const numbers = Array.from({ length: count }, (_, i) => Math.imul(i + seed, 0x9e3779b1) % 3_000);
      assert.deepEqual(
        (await sorted(numbers)).by,
        numbers.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});

test("few keys take one turn, many take several", async () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => count - i);
  assert.equal((await sorted(keys(1_000))).turns, 1);
  // Five runs, which are merged to three, two and one.
  assert.equal((await sorted(keys(4_001))).turns, 5 + 3 + 2 + 1);
});

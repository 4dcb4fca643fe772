import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sortInTurns } from "../../../adapters/sqlite/sort-in-turns.ts";

async function sorted(given: readonly number[]): Promise<{ numbers: number[]; turns: number }> {
  let turns = 0;
  const turn = async (work: () => void): Promise<void> => {
    turns += 1;
    work();
    // As when another job of the same transaction throws.
    work();
  };
  return { numbers: await sortInTurns(given, turn), turns };
}

test("numbers are sorted as at once, however many there are", async () => {
  const many = fc.integer({ min: 0, max: 5_500 });
  await fc.assert(
    fc.asyncProperty(many, fc.integer(), async (count, seed) => {
      const numbers = Array.from({ length: count }, (_, i) => Math.imul(i + seed, 0x9e3779b1) % 3_000);
      assert.deepEqual(
        (await sorted(numbers)).numbers,
        numbers.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});

test("few take one turn, many take several", async () => {
  const some = (count: number) => Array.from({ length: count }, (_, i) => count - i);
  assert.equal((await sorted(some(1_000))).turns, 1);
  // Five runs, which are merged to three, two and one.
  assert.equal((await sorted(some(4_001))).turns, 5 + 3 + 2 + 1);
});

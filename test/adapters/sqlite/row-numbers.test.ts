import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rowNumbers } from "../../../adapters/sqlite/row-numbers.ts";

/** As `keyHash` gives them; few, so that some come again, and some that only differ above the lower 32 bits. */
const aHash = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 40 }).map((low) => 2 ** 46 + low),
  fc.integer({ min: 0, max: 2 ** 47 - 1 }),
);
const aSwap = fc.record({ hash: aHash, id: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 50 })) });

describe("numbers of rows", () => {
  test("are those of a map, whatever is put in and taken out", () => {
    const same = (swaps: readonly { hash: number; id: number }[]): void => {
      const rows = rowNumbers();
      const model = new Map<number, number>();
      for (const { hash, id } of swaps) {
        assert.equal(rows.swap(hash, id), model.get(hash) ?? 0);
        if (id === 0) model.delete(hash);
        else model.set(hash, id);
        assert.equal(rows.get(hash), id);
        assert.equal(rows.size(), model.size);
      }
      assert.deepEqual(rows.hashes().sort(inOrder), [...model.keys()].sort(inOrder));
    };
    fc.assert(fc.property(fc.array(aSwap, { maxLength: 200 }), same));
  });

  test("are all found after the table has grown many times", () => {
    const rows = rowNumbers();
    const hashOf = (no: number) => (no * 2_654_435_761 + 12_345) % 2 ** 47;
    for (let no = 1; no <= 50_000; no++) rows.swap(hashOf(no), no);
    assert.equal(rows.size(), 50_000);
    for (let no = 1; no <= 50_000; no++) assert.equal(rows.get(hashOf(no)), no);
    assert.equal(rows.get(hashOf(50_001)), 0);
  });

  test("leave room for others once they are taken out", () => {
    const rows = rowNumbers();
    for (let no = 1; no <= 20_000; no++) {
      rows.swap(no, no);
      rows.swap(no, 0);
    }
    assert.equal(rows.size(), 0);
    assert.deepEqual(rows.hashes(), []);
    assert.equal(rows.get(7), 0);
  });
});

function inOrder(a: number, b: number): number {
  return a - b;
}

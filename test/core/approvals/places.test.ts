import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { takePlaces } from "../../../core/approvals/index.ts";

/** The most places that can be taken, by trying everything. */
function mostPlaces(mayTake: readonly (readonly number[])[], places: readonly number[]): number {
  const [first, ...others] = mayTake;
  if (!first) return 0;
  const without = mostPlaces(others, places);
  const taking = first
    .filter((group) => (places[group] ?? 0) > 0)
    .map((group) => 1 + mostPlaces(others, places.with(group, (places[group] ?? 0) - 1)));
  return Math.max(without, ...taking);
}

const places = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 });
const people = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), { maxLength: 6 });

test("as many places are taken as by trying everything, each by somebody who may, none too often", () => {
  fc.assert(
    fc.property(people, places, (mayTake, counts) => {
      const taken = takePlaces(mayTake, counts);
      assert.equal(taken.length, mayTake.length);
      for (const [person, group] of taken.entries()) {
        if (group !== null) assert.ok(mayTake[person]?.includes(group));
      }
      for (const [group, count] of counts.entries()) {
        assert.ok(taken.filter((one) => one === group).length <= count);
      }
      const all = taken.filter((group) => group !== null).length;
      assert.equal(all, mostPlaces(mayTake, counts));
    }),
    { numRuns: 3000 },
  );
});

test("somebody who may take two places makes room for who may take one of them alone", () => {
  assert.deepEqual(takePlaces([[0, 1], [0]], [1, 1]), [1, 0]);
  assert.deepEqual(takePlaces([[0, 1], [1, 2], [0]], [1, 1, 1]), [1, 2, 0]);
});

test("nobody, no groups and groups without places take none", () => {
  assert.deepEqual(takePlaces([], [1]), []);
  assert.deepEqual(takePlaces([[0], []], [0]), [null, null]);
  assert.deepEqual(takePlaces([[0]], []), [null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalValues, sameJson } from "../../../core/rules/index.ts";

test("a text equals a number when it is the number's own spelling, on either side", () => {
  const cases: [unknown, unknown, boolean][] = [
    ["85", 85, true],
    [85, "85", true],
    ["85.0", 85, false],
    [" 85", 85, false],
    ["0x55", 85, false],
    ["1e3", 1000, false],
    ["1000", 1e3, true],
    ["true", true, false],
    ["null", null, false],
    ["", 0, false],
    [-0, 0, true],
    [["85"], [85], false],
    [{ a: "85" }, { a: 85 }, false],
  ];
  for (const [a, b, equal] of cases) assert.equal(equalValues(a, b), equal, `${a} ${b}`);
});

test("objects are the same whatever the order of keys, lists only in their order", () => {
  assert.equal(sameJson({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] }), true);
  assert.equal(sameJson([1, 2], [2, 1]), false);
  assert.equal(sameJson([1], [1, 2]), false);
  assert.equal(sameJson({ a: 1 }, { a: 1, b: 2 }), false);
  assert.equal(sameJson({ a: 1, b: 2 }, { a: 1, c: 2 }), false);
  assert.equal(sameJson([], {}), false);
  assert.equal(sameJson(null, {}), false);
  assert.equal(sameJson({ toString: 1 }, { a: 1 }), false);
});

test("any value is the same as its copy, and sameness needs no side", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.equal(sameJson(a, structuredClone(a)), true);
      assert.equal(sameJson(a, b), sameJson(b, a));
    }),
  );
});

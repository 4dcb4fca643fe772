import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { patternTest } from "../../../core/windows/index.ts";

const CASES: [pattern: string, text: string, fits: boolean][] = [
  ["vm-1", "vm-1", true],
  ["vm-1", "vm-10", false],
  ["vm-*", "vm-", true],
  ["*-shop", "vm-shop", true],
  ["vm-*-1", "vm-shop-1", true],
  ["vm-*-1", "vm-1", false],
  ["*", "", true],
  ["a*a", "a", false],
  ["*ab*ba*", "xabba", true],
  ["*ab*ba*", "xaba", false],
  ["VM-*", "vm-1", false],
  ["", "", true],
  ["", "x", false],
  ["a.c", "abc", false],
];

for (const [pattern, text, fits] of CASES) {
  test(`${JSON.stringify(pattern)} ${fits ? "fits" : "does not fit"} ${JSON.stringify(text)}`, () => {
    assert.equal(patternTest([pattern])(text), fits);
  });
}

test("fits what the same regular expression fits", () => {
  const piece = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
  fc.assert(
    fc.property(piece, text, (pattern, given) => {
      const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
      assert.equal(patternTest([pattern])(given), expression.test(given));
    }),
    { numRuns: 2000 },
  );
});

test("fits when one of several patterns does, and never of none", () => {
  assert.equal(patternTest(["x", "vm-*"])("vm-1"), true);
  assert.equal(patternTest([])("vm-1"), false);
});

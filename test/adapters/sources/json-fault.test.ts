import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findJsonFault } from "../../../adapters/sources/json-fault.ts";

const FAULTS: readonly [text: string, line: number, column: number][] = [
  ["", 1, 1],
  ["{", 1, 2],
  ['{"a" 1}', 1, 6],
  ['{"a": 1,}', 1, 9],
  ["[1 2]", 1, 4],
  ["[1,]", 1, 4],
  ["nul", 1, 1],
  ["01", 1, 2],
  ['{"a": 1}\n x', 2, 2],
  ["{\r\n'a': 1}", 2, 1],
  ['["a\nb"]', 1, 2],
  ['["\\x"]', 1, 2],
  ["{a: 1}", 1, 2],
  ['["\\u12g4"]', 1, 2],
  ['["\\u12"]', 1, 2],
  ['["a\\', 1, 2],
  ['["a', 1, 2],
  ['["\\u00e9\\"\\/" 1]', 1, 15],
];

for (const [text, line, column] of FAULTS) {
  test(`finds the fault of ${JSON.stringify(text)} at ${line}:${column}`, () => {
    assert.deepEqual(findJsonFault(text), { line, column });
  });
}

test("finds a fault exactly when the parser of the runtime finds one, in JSON with one character changed", () => {
  const spoilt = fc.record({
    text: fc.json({ maxDepth: 3 }),
    at: fc.nat(),
    by: fc.constantFrom("", "{", "}", "[", "]", ",", ":", '"', "\\", "0", "-", ".", "e", "\n", "x", "\u0001"),
  });
  fc.assert(
    fc.property(spoilt, ({ text, at, by }) => {
      const place = at % (text.length + 1);
      const changed = text.slice(0, place) + by + text.slice(place + 1);
      const parse = () => JSON.parse(changed);
      if (findJsonFault(changed) === null) parse();
      else assert.throws(parse, SyntaxError, changed);
    }),
    { numRuns: 2000 },
  );
});

test("finds the fault behind a string of a megabyte", () => {
  assert.deepEqual(findJsonFault(`["${"x\\n".repeat(400_000)}" 1]`), { line: 1, column: 1_200_005 });
});

test("finds the fault behind texts of many megabytes, whatever they are made of", () => {
  for (const part of ["\\n", "\\u0061", "x\\\\", "1", " "]) {
    const long = part.repeat(Math.ceil(8_000_000 / part.length));
    const value = ["1", " "].includes(part) ? `1${long}` : `"${long}"`;
    assert.deepEqual(findJsonFault(`[${value} x`), { line: 1, column: value.length + 3 }, part);
  }
});

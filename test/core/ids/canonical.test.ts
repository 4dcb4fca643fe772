import assert from "node:assert/strict";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { canonicalText } from "../../../core/ids/canonical.ts";
import { wellFormed } from "../../../core/ids/json.ts";

const KEYS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.constantFrom("__proto__", "constructor", "toString", "1", "10", "9", "0x", "-1", "", "é", "\ud83d"),
);
const VALUES = fc.letrec((again) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: "binary" }),
      fc.boolean(),
    ),
    fc.constantFrom(null, undefined, -0, 1e21, 1e-7, 5e-324, "\ud800", "\\ud800", "</script>", "\u2028"),
    fc.array(again("value"), { maxLength: 4 }),
    fc.dictionary(KEYS, again("value"), { maxKeys: 5, noNullPrototype: false }),
  ),
})).value;

test("the text is that of RFC 8785 for every value, keys that look like numbers and odd names among them", () => {
  fc.assert(
    fc.property(VALUES, (value) => {
      assert.equal(canonicalText(value), canonicalize(wellFormed(value)));
    }),
    { numRuns: 2_000 },
  );
});

test("the order of keys is that of their code units, at every depth", () => {
  const value = { b: [{ z: 1, a: 2 }], "\ud83d\ude00": 1, "\ufb33": 2, a: null, B: { y: 0, x: [] } };
  const text = '{"B":{"x":[],"y":0},"a":null,"b":[{"a":2,"z":1}],"😀":1,"\ufb33":2}';
  assert.equal(canonicalText(value), text);
});

test("an object of any number of keys has them in that order", () => {
  const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 80 });
  fc.assert(
    fc.property(keys, (names) => {
      const value = Object.fromEntries(names.map((name) => [name, 1]));
      assert.equal(canonicalText(value), canonicalize(wellFormed(value)));
    }),
  );
});

test("numbers that JSON cannot hold and circles are refused wherever they are", () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle["self"] = [circle];
  for (const value of [Number.NaN, { a: [Number.POSITIVE_INFINITY] }, circle, { 1: Number.NaN }]) {
    assert.throws(() => canonicalText(value));
  }
});

test("what writes itself is asked for its JSON", () => {
  assert.equal(canonicalText({ at: new Date(0) }), '{"at":"1970-01-01T00:00:00.000Z"}');
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { DEEPEST_OBJECT, indexable, LONGEST_TERM_BYTES } from "../../../adapters/elasticsearch/flattened.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../core/ids/index.ts";
import { nested } from "../../contract/archive-shapes.ts";

/** A value as a `flattened` field indexes it. */
interface Term {
  keys: string;
  text: string;
  depth: number;
}

function termsOf(value: Json, keys: readonly string[] = []): Term[] {
  if (Array.isArray(value)) return value.flatMap((element) => termsOf(element, keys));
  if (!isJsonObject(value)) return [{ keys: keys.join("."), text: String(value), depth: keys.length }];
  return Object.entries(value).flatMap(([key, member]) => termsOf(member, [...keys, key]));
}

function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return (Array.isArray(value) ? 0 : 1) + Math.max(0, ...Object.values(value).map(depthOf));
}

const canBeIndexed = ({ keys, text, depth }: Term) =>
  depth <= DEEPEST_OBJECT &&
  !keys.includes("\0") &&
  Buffer.byteLength(`${keys}.${text}`) <= LONGEST_TERM_BYTES;

const LENGTHS = [0, 1, 4_000, 10_922, 10_923, 16_383, 32_764, 32_765, 32_766];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constant("a\0b"),
  fc.tuple(fc.constantFrom("k", "告", "😀"), fc.constantFrom(...LENGTHS)).map(([c, n]) => c.repeat(n)),
);
const object: fc.Arbitrary<JsonObject> = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  object: fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    tie("object"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.integer({ min: DEEPEST_OBJECT - 6, max: DEEPEST_OBJECT + 2 }).map(nested),
  ),
})).object;

test("indexes exactly the values that are within the limits, and no object below the deepest", () => {
  fc.assert(
    fc.property(object, (whole) => {
      const kept = indexable(whole);
      assert.ok(isDeepStrictEqual(termsOf(kept), termsOf(whole).filter(canBeIndexed)));
      assert.ok(depthOf(kept) <= DEEPEST_OBJECT);
    }),
    { numRuns: 300 },
  );
});

const LEFT: [what: string, whole: JsonObject, kept: JsonObject][] = [
  ["a term of one byte too many", { k: "x".repeat(32_765) }, {}],
  ["no term of just so many", { k: "x".repeat(32_764) }, { k: "x".repeat(32_764) }],
  ["a key that is too long, and not its neighbour", { ["告".repeat(10_922)]: 1, b: 2 }, { b: 2 }],
  [
    "what is below too long a path",
    { a: { ["b".repeat(32_760)]: { c: "xy" }, d: 1 } },
    { a: { ["b".repeat(32_760)]: {}, d: 1 } },
  ],
  ["a key that is too long with nothing in it", { ["k".repeat(60_000)]: {} }, {}],
  ["a key with a NUL with all below it", { a: [{ "\0": { b: 1 }, c: 1 }] }, { a: [{ c: 1 }] }],
  ["no value with a NUL", { a: "\0" }, { a: "\0" }],
  ["elements of a list that are too long", { a: [1, "x".repeat(40_000), "b"] }, { a: [1, "b"] }],
];

for (const [what, whole, kept] of LEFT) {
  test(`leaves out ${what}`, () => {
    // Not shown when they differ: they are long.
    assert.ok(JSON.stringify(indexable(whole)) === JSON.stringify(kept));
  });
}

test("leaves out what is nested deeper than a field is indexed", () => {
  assert.deepEqual(indexable(nested(DEEPEST_OBJECT)), nested(DEEPEST_OBJECT));
  assert.equal(JSON.stringify(indexable(nested(DEEPEST_OBJECT + 1))).includes("end"), false);
});

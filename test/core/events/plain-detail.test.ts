import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_DETAIL_DEPTH, plainDetail } from "../../../core/events/index.ts";

function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
}

test("an object, or the JSON of one, is kept without violations", () => {
  const expected = { detail: { a: [1, { b: null }] }, violations: [] };
  assert.deepEqual(plainDetail({ a: [1, { b: null }] }), expected);
  assert.deepEqual(plainDetail('{"a":[1,{"b":null}]}'), expected);
});

test("nothing at all is an empty detail", () => {
  for (const given of [undefined, null, "", {}, "{}"]) {
    assert.deepEqual(plainDetail(given), { detail: {}, violations: [] });
  }
});

test("what is no object is kept under a key of its own and told", () => {
  const list = plainDetail([1, 2]);
  assert.deepEqual(list, {
    detail: { value: [1, 2] },
    violations: [{ path: "detail", message: "is not an object" }],
  });
  assert.deepEqual(plainDetail(5).detail, { value: 5 });
  assert.deepEqual(plainDetail("x").detail, { text: "x" });
});

test("JSON text is parsed once only", () => {
  assert.deepEqual(plainDetail('{"inner":"{\\"a\\":1}"}').detail, { inner: '{"a":1}' });
  assert.deepEqual(plainDetail('"{}"').detail, { text: '"{}"' });
});

test("levels below the deepest kept are left out and told", () => {
  assert.deepEqual(plainDetail(nested(MAX_DETAIL_DEPTH)).violations, []);
  const { violations } = plainDetail(nested(MAX_DETAIL_DEPTH + 1));
  assert.equal(violations.length, 1);
  assert.match(violations[0]?.message ?? "", /deeper than 64/);
});

test("nesting that would end a recursive reader is cut", () => {
  const { violations } = plainDetail(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
  assert.equal(violations.length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isJsonObject, pick, wellFormed } from "../../../core/ids/index.ts";

test("an object of JSON is neither null nor a list nor a scalar", () => {
  assert.deepEqual([{}, { a: 1 }, null, [], "x", 5, undefined].map(isJsonObject), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("pick follows own keys and list positions", () => {
  const value = { a: { b: [{ c: 5 }, null] }, "": { "": 1 }, n: null };
  assert.equal(pick(value, ["a", "b", "0", "c"]), 5);
  assert.equal(pick(value, ["a", "b", "1"]), null);
  assert.equal(pick(value, ["", ""]), 1);
  assert.equal(pick(value, []), value);
});

test("pick gives undefined where a step is missing, inherited, or below a scalar", () => {
  const value = { a: { b: [1] }, s: "text", n: null };
  const paths = [
    "x",
    "a.x",
    "a.b.1",
    "a.b.-1",
    "s.length",
    "s.0",
    "n.x",
    "constructor",
    "a.toString",
    "__proto__.x",
  ];
  for (const path of paths) assert.equal(pick(value, path.split(".")), undefined, path);
});

test("wellFormed replaces halves of surrogate pairs in texts and keys and keeps all else", () => {
  const value = { "\ud800": ["\udc00", "😀", 1, null, { a: true }] };
  assert.deepEqual(wellFormed(value), { "\ufffd": ["\ufffd", "😀", 1, null, { a: true }] });
});

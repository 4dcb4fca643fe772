import assert from "node:assert/strict";
import { test } from "node:test";
import {
  firstLine,
  scalarTexts,
  sortedPairs,
  textAt,
  withoutSecrets,
} from "../../../adapters/sources/fields.ts";

test("leaves out what is secret by its key, at any depth, and what is named", () => {
  const value = {
    a: 1,
    token: "x",
    accessToken: "x",
    api_key: "x",
    tokens: 3,
    inner: [{ Signature: "x", b: 2 }],
    send_to: "x",
  };
  assert.deepEqual(withoutSecrets(value, "send_to"), { a: 1, tokens: 3, inner: [{ b: 2 }] });
});

test("reads scalars as texts and leaves the rest out", () => {
  const value = JSON.parse('{"a":1,"b":true,"c":" x ","d":null,"e":"","f":{},"g":[],"__proto__":"p"}');
  assert.deepEqual(scalarTexts(value), { a: "1", b: "true", c: "x" });
  assert.deepEqual(scalarTexts("text"), {});
});

test("never reads what is inherited", () => {
  assert.equal(textAt({}, "constructor", "name"), "");
  assert.equal(textAt(null, "a"), "");
});

test("writes pairs in one order", () => {
  assert.equal(sortedPairs({ b: "2", a: "1" }), sortedPairs({ a: "1", b: "2" }));
});

test("takes the first line that says something", () => {
  assert.equal(firstLine("\n  one \r\ntwo"), "one");
});

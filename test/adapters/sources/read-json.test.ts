import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_JSON_DEPTH, readJson, readJsonText } from "../../../adapters/sources/read-json.ts";
import { hashOf } from "../../../core/ids/index.ts";

function reasonOf(text: string | Buffer): string {
  const reading = readJson(Buffer.from(text as string));
  return reading.outcome === "refused" ? reading.reason : "read";
}

function readValue(text: string): unknown {
  const reading = readJsonText(text);
  assert.equal(reading.outcome, "read");
  return reading.outcome === "read" ? reading.value : undefined;
}

test("tolerates a byte order mark in UTF-8", () => {
  assert.deepEqual(readJson(Buffer.from("\ufeff{}")), { outcome: "read", value: {} });
});

test("refuses UTF-16 with and without a byte order mark, and GBK", () => {
  assert.equal(reasonOf(Buffer.from("\ufeff{}", "utf16le")), "bad_encoding");
  assert.equal(reasonOf(Buffer.from("{}", "utf16le")), "bad_encoding");
  assert.equal(reasonOf(Buffer.from([0x7b, 0x22, 0xb4, 0xc5, 0x22, 0x7d])), "bad_encoding");
});

test("refuses a body without anything in it as empty", () => {
  assert.equal(reasonOf(""), "empty");
  assert.equal(reasonOf(" \n\t "), "empty");
});

test("reads up to the deepest nesting and refuses one level more, naming its place", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(reasonOf(nested(MAX_JSON_DEPTH)), "read");
  const refusal = readJson(Buffer.from(`\n${nested(MAX_JSON_DEPTH + 1)}`));
  assert.equal(refusal.outcome === "refused" && refusal.reason, "too_deep");
  assert.match(refusal.outcome === "refused" ? refusal.message : "", /line 2 column 101/);
});

test("does not take brackets inside strings for nesting", () => {
  assert.equal(reasonOf(JSON.stringify({ a: `\\"${"[".repeat(500)}` })), "read");
});

test("counts nesting, not brackets: a thousand empty lists side by side are read", () => {
  assert.equal(reasonOf(`[${"[],{},".repeat(1000)}0]`), "read");
});

test("refuses a megabyte of brackets without exhausting the stack", () => {
  assert.equal(reasonOf("[".repeat(1_000_000)), "too_deep");
  assert.equal(reasonOf('{"a":'.repeat(200_000)), "too_deep");
});

test("refuses broken JSON with millions of escapes without exhausting the stack", () => {
  assert.equal(reasonOf(`{"a":"${"\\n".repeat(4_000_000)}"`), "bad_json");
});

test("names line and column of what is not JSON and never quotes the body", () => {
  const refusal = readJson(Buffer.from('{\n  "token": "s3cret" oops\n}'));
  assert.equal(refusal.outcome, "refused");
  const message = refusal.outcome === "refused" ? refusal.message : "";
  assert.match(message, /line 2 column 21/);
  assert.doesNotMatch(message, /s3cret|oops|token/);
});

test("keeps the digits of integers that a double cannot hold", () => {
  assert.deepEqual(readValue('{"a": 9007199254740993, "b": -12345678901234567890, "c": 9007199254740991}'), {
    a: "9007199254740993",
    b: "-12345678901234567890",
    c: 9007199254740991,
  });
});

test("keeps a number beyond the largest double as its text", () => {
  assert.deepEqual(readValue("[1e400, -1E+999, 1e3, 0.25]"), ["1e400", "-1E+999", 1000, 0.25]);
});

test("drops keys called __proto__, however they are spelt", () => {
  const value = readValue('{"__proto__": {"admin": true}, "b": {"\\u005f_proto__": 1, "c": 2}}');
  assert.deepEqual(value, { b: { c: 2 } });
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

test("replaces lone surrogates in values and keys, so that every value can be hashed", () => {
  const value = readValue('{"\\ud800key": "\\udfffvalue"}');
  assert.deepEqual(value, { "\ufffdkey": "\ufffdvalue" });
  assert.match(hashOf(value), /^[0-9a-f]{64}$/);
});

test("lets the last of two equal keys win", () => {
  assert.deepEqual(readValue('{"a": 1, "a": 2}'), { a: 2 });
});

test("may read what a later equal key replaces, and judges it where the key differs", () => {
  const deep = "[".repeat(MAX_JSON_DEPTH) + "]".repeat(MAX_JSON_DEPTH);
  assert.equal(reasonOf(`{"a": ${deep}, "a": 1}`), "read");
  assert.equal(reasonOf(`{"a": ${deep}, "b": 12345678901234567890}`), "too_deep");
  assert.equal(reasonOf(`{"a": 12345678901234567890, "b": ${deep}}`), "too_deep");
  assert.equal(reasonOf(`{"__proto__": ${deep}}`), "too_deep");
});

test("reads every JSON value back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/__proto__|\d{16}|e\+?\d{3}/.test(text));
      assert.deepEqual(readValue(text), JSON.parse(text));
    }),
  );
});

test("never throws on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readJson(Buffer.from(bytes));
    }),
  );
});

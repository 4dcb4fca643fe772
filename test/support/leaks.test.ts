import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLeaksNoSecret } from "./leaks.ts";

const SECRET = "hunter22&co";

const LEAKS: [name: string, value: unknown][] = [
  ["a text", `login with ${SECRET}`],
  ["an error's message", new Error(`no ${SECRET}`)],
  ["a cause of a cause", new Error("a", { cause: new Error("b", { cause: { deep: [SECRET] } }) })],
  ["an own property of an error", Object.assign(new Error("a"), { config: { url: `?t=${SECRET}` } })],
  ["one of several errors", new AggregateError([new Error(SECRET)], "many")],
  ["a hidden property", Object.defineProperty({}, "hidden", { value: SECRET, enumerable: false })],
  ["a symbol's property", { [Symbol("kept")]: SECRET }],
  ["a key", { [SECRET]: 1 }],
  ["a map", new Map([["k", { v: SECRET }]])],
  ["a set", new Set([SECRET])],
  ["bytes", Buffer.from(`x${SECRET}`)],
  ["percent-encoding", encodeURIComponent(SECRET)],
  ["base64 of a login", Buffer.from(`${SECRET}:more`).toString("base64")],
  ["what toJSON gives", { toJSON: () => ({ shown: SECRET }) }],
];

for (const [name, value] of LEAKS) {
  test(`fails when the secret stands in ${name}`, () => {
    assert.throws(() => assertLeaksNoSecret(["else", SECRET], value), { message: /secret #1 can be read/ });
  });
}

test("does not repeat the secret in its own failure", () => {
  assert.throws(
    () => assertLeaksNoSecret([SECRET], SECRET),
    (thrown: Error) => !thrown.message.includes(SECRET),
  );
});

test("passes values that hold no secret, round ones too", () => {
  const round: Record<string, unknown> = { a: 1n, b: [null, undefined], e: new Error("x", { cause: 5 }) };
  round["self"] = round;
  assertLeaksNoSecret([SECRET], round);
});

test("fails on an empty secret, of which nothing can be said", () => {
  assert.throws(() => assertLeaksNoSecret([""], "text"), { message: /is empty/ });
});

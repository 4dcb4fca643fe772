import assert from "node:assert/strict";
import { test } from "node:test";
import { remembered, rememberedText } from "../../../core/params/remembered.ts";

function counting(max: number): { made: string[]; ask: (text: string) => string } {
  const made: string[] = [];
  const make = (text: string) => {
    made.push(text);
    return text.toUpperCase();
  };
  return { made, ask: rememberedText(make, max) };
}

test("what was made for a text is given again", () => {
  const { made, ask } = counting(2);
  assert.deepEqual([ask("a"), ask("a"), ask("b"), ask("a")], ["A", "A", "B", "A"]);
  assert.deepEqual(made, ["a", "b"]);
});

test("one more than may be known, and all are made anew", () => {
  const { made, ask } = counting(2);
  for (const text of ["a", "b", "c", "c", "a"]) ask(text);
  assert.deepEqual(made, ["a", "b", "c", "a"]);
});

test("what has a very long name is not kept", () => {
  const { made, ask } = counting(2);
  const long = "x".repeat(501);
  ask(long);
  ask(long);
  assert.equal(made.length, 2);
});

test("what the name tells apart is made apart", () => {
  let made = 0;
  const make = ({ value }: { value: unknown }) => {
    made += 1;
    return String(value);
  };
  const ask = remembered(make, 10, ({ value }) => `${typeof value} ${String(value)}`);
  assert.deepEqual([ask({ value: 1 }), ask({ value: "1" }), ask({ value: 1 })], ["1", "1", "1"]);
  assert.equal(made, 2);
});

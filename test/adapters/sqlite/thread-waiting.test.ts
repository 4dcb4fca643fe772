import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWaiting } from "../../../adapters/sqlite/thread/waiting.ts";

describe("who waits for an answer", () => {
  test("is taken out under its own number, once", () => {
    const waiting = createWaiting<string>();
    const [one, other] = [waiting.add("one"), waiting.add("other")];
    assert.deepEqual([waiting.take(other), waiting.take(one)], ["other", "one"]);
    assert.deepEqual([waiting.take(one), waiting.take(99)], [undefined, undefined]);
  });

  test("gets the number of one that was answered, so that there are no more numbers than ever waited", () => {
    const waiting = createWaiting<number>();
    const first = waiting.add(0);
    const numbers = new Set([first]);
    let last = first;
    for (let i = 1; i <= 100; i++) {
      const next = waiting.add(i);
      numbers.add(next);
      assert.equal(waiting.take(last), i - 1);
      last = next;
    }
    assert.equal(numbers.size, 2);
  });

  test("is taken out with all others, and nobody is there afterwards", () => {
    const waiting = createWaiting<string>();
    const [no] = ["one", "other", "third"].map((name) => waiting.add(name));
    waiting.take(no ?? 0);
    assert.deepEqual(waiting.takeAll(), ["other", "third"]);
    assert.deepEqual([waiting.takeAll(), waiting.take(1)], [[], undefined]);
  });
});

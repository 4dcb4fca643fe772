import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Waiting, waitingList } from "../../../../adapters/sqlite/thread/waiting.ts";

describe("those who wait for an answer", () => {
  it("are found by their number, once", () => {
    const waiting = waitingList();
    const [one, other] = [aWaiting(), aWaiting()];
    const numbers = [waiting.add(one), waiting.add(other)] as const;
    assert.equal(waiting.take(numbers[1]), other);
    assert.equal(waiting.take(numbers[1]), undefined);
    assert.equal(waiting.take(numbers[0]), one);
  });

  it("get a number that nobody else has, however they come and go", () => {
    const waiting = waitingList();
    const [first, second] = [waiting.add(aWaiting()), waiting.add(aWaiting())];
    waiting.take(first);
    const third = waiting.add(aWaiting());
    const fourth = waiting.add(aWaiting());
    assert.equal(new Set([second, third, fourth]).size, 3);
  });

  it("are all told of the end, each once", () => {
    const waiting = waitingList();
    const told: string[] = [];
    const gone = waiting.add(aWaiting(told, "gone"));
    waiting.add(aWaiting(told, "one"));
    waiting.add(aWaiting(told, "other"));
    waiting.take(gone);
    waiting.rejectAll(new Error("it ended"));
    waiting.rejectAll(new Error("it ended"));
    assert.deepEqual(told, ["one: it ended", "other: it ended"]);
  });
});

function aWaiting(told: string[] = [], name = ""): Waiting {
  return { resolve: () => undefined, reject: (error) => void told.push(`${name}: ${error.message}`) };
}

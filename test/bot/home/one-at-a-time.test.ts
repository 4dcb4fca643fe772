import assert from "node:assert/strict";
import { test } from "node:test";
import { oneAtATime } from "../../../bot/home/one-at-a-time.ts";

test("begins a job when the one before has ended, in the order they were given", async () => {
  const inTurn = oneAtATime();
  const steps: string[] = [];
  const job = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  assert.deepEqual(await Promise.all(["a", "b"].map((name) => inTurn(job(name)))), ["a", "b"]);
  assert.deepEqual(steps, ["a begins", "a ends", "b begins", "b ends"]);
});

test("goes on after a job that failed, and gives the failure to its caller alone", async () => {
  const inTurn = oneAtATime();
  const failed = inTurn(() => Promise.reject(new Error("no")));
  const next = inTurn(async () => "done");
  await assert.rejects(failed, /no/);
  assert.equal(await next, "done");
});

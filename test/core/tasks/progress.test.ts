import assert from "node:assert/strict";
import { test } from "node:test";
import { progressOf, type RunBelow } from "../../../core/tasks/index.ts";

const child = (action: string, status: string, below: readonly RunBelow[] = []): RunBelow => {
  return { run: { id: action, cluster: "hz", action, status }, below };
};

const whole = (...runs: readonly RunBelow[]) => progressOf({ runs, isWhole: true });

test("an execution without children has no progress", () => {
  assert.equal(whole(), null);
});

test("a workflow's progress counts what is over, what failed, and names what runs, each action once", () => {
  const children = [
    ...[child("a.a", "succeeded"), child("a.b", "failed"), child("a.c", "timeout")],
    ...[child("a.d", "running"), child("a.d", "requested"), child("a.e", "pending")],
    ...[child("a.f", "a word of tomorrow"), child("a.g", "running")],
  ];
  assert.deepEqual(whole(...children), {
    ...{ total: 8, done: 1, failed: 2, running: 5, isWhole: true },
    current: ["a.d", "a.e", "a.f"],
  });
});

test("a workflow within one counts by what runs below it, and by itself where that is not known", () => {
  const deep = child("w.in", "running", [child("a.b", "succeeded"), child("a.c", "running")]);
  const deeper = child("w.on", "running", [child("w.in", "failed", [child("a.d", "failed")])]);
  const runs = [child("a.a", "succeeded"), deep, deeper, child("w.off", "running")];
  assert.deepEqual(progressOf({ runs, isWhole: false }), {
    ...{ total: 5, done: 2, failed: 1, running: 2, isWhole: false },
    current: ["a.c", "w.off"],
  });
});

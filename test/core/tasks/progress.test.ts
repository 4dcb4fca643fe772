import assert from "node:assert/strict";
import { test } from "node:test";
import { progressOf } from "../../../core/tasks/index.ts";

const child = (action: string, status: string) => ({ action, status });

test("an execution without children has no progress", () => {
  assert.equal(progressOf([]), null);
});

test("a workflow's progress counts what is over, what failed, and names what runs, each action once", () => {
  const children = [
    ...[child("a.a", "succeeded"), child("a.b", "failed"), child("a.c", "timeout")],
    ...[child("a.d", "running"), child("a.d", "requested"), child("a.e", "pending")],
    ...[child("a.f", "a word of tomorrow"), child("a.g", "running")],
  ];
  assert.deepEqual(progressOf(children), {
    ...{ total: 8, done: 1, failed: 2, running: 5 },
    current: ["a.d", "a.e", "a.f"],
  });
});

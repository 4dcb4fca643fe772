import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeEnd, type RunEnd } from "../../../bot/workers/run-end.ts";
import type { Execution, FindOutcome, RetryPolicy } from "../../../core/ports/index.ts";
import { silentLog } from "../../support/log.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";

const { cardSent, approve, intend, started } = inputs;
const task = walk(aMadeTask(), cardSent, approve, intend, started);

function run(id: string, status = "failed"): Execution {
  return { ...anExecution(status), id, action: "disk.cleanup" };
}

function found(start: string, others: { doubles?: string[]; attempts?: string[] } = {}): FindOutcome {
  const { doubles = [], attempts = [] } = others;
  const execution = run(start);
  return {
    ...{ outcome: "found", execution, starts: doubles.length + 1, doubles },
    attempts: attempts.map((id) => run(id)),
  };
}

const thrice: RetryPolicy = { on: "failed", maxAttempts: 2, delayMs: 10_000 };
const away: FindOutcome = { outcome: "unreachable", message: "down" };

interface Case {
  name: string;
  ended: Execution;
  seen: FindOutcome;
  policies?: RetryPolicy[];
  endedForMs?: number;
  end: RunEnd["outcome"];
  tells?: unknown;
}

const CASES: Case[] = [
  { name: "a success is over", ended: run("a", "succeeded"), seen: found("a"), end: "over", tells: [] },
  { name: "a failure without a policy is over", ended: run("a"), seen: found("a"), end: "over", tells: [] },
  {
    name: "a failure that a policy may follow up waits for its delay",
    ...{ ended: run("a"), seen: found("a"), policies: [thrice], endedForMs: 10_000, end: "wait" },
  },
  {
    name: "a failure that a policy did not follow up in time is over",
    ...{ ended: run("a"), seen: found("a"), policies: [thrice], endedForMs: 15_000, end: "over", tells: [] },
  },
  {
    name: "a policy for timeouts does not follow a failure up",
    ...{
      ended: run("a"),
      seen: found("a"),
      policies: [{ ...thrice, on: "timeout" }],
      end: "over",
      tells: [],
    },
  },
  {
    name: "a success is not followed up",
    ...{ ended: run("a", "succeeded"), seen: found("a"), policies: [thrice], end: "over", tells: [] },
  },
  {
    name: "a failure that was followed up goes on with the last attempt",
    ...{ ended: run("a"), seen: found("a", { attempts: ["b", "c"] }), end: "goes_on", tells: ["c", ["b"]] },
  },
  {
    name: "the failure of an attempt goes on with the next alone",
    ...{ ended: run("b"), seen: found("a", { attempts: ["b", "c"] }), end: "goes_on", tells: ["c", []] },
  },
  {
    name: "the last attempt's failure is over, and no double of its start",
    ...{
      ended: run("c"),
      seen: found("a", { attempts: ["b", "c"] }),
      policies: [thrice],
      end: "over",
      tells: [],
    },
  },
  {
    name: "a second start of the request is told",
    ...{ ended: run("a", "succeeded"), seen: found("a", { doubles: ["x"] }), end: "over", tells: ["x"] },
  },
  {
    name: "where the second is the one that is followed, the first is told",
    ...{ ended: run("x", "succeeded"), seen: found("a", { doubles: ["x"] }), end: "over", tells: ["a"] },
  },
  {
    name: "a start that arrives after a person has adopted another is told",
    ...{ ended: run("adopted", "succeeded"), seen: found("a"), end: "over", tells: ["a"] },
  },
  {
    name: "an adopted execution of which no request is known is over",
    ...{ ended: run("adopted", "succeeded"), seen: { outcome: "absent" }, end: "over", tells: [] },
  },
  { name: "an end is kept open while StackStorm cannot say", ended: run("a"), seen: away, end: "wait" },
  {
    name: "an end is not kept open for ever",
    ...{ ended: run("a"), seen: away, endedForMs: 60_000, end: "over", tells: [] },
  },
];

for (const { name, ended, seen, policies = [], endedForMs = 0, end, tells } of CASES) {
  test(name, async () => {
    const executor = { find: async () => seen, reruns: async () => [], retryPolicies: async () => policies };
    const judged = await judgeEnd(task, ended, endedForMs, { executor, log: silentLog });
    assert.equal(judged.outcome, end);
    if (judged.outcome === "over") assert.deepEqual(judged.doubles, tells);
    if (judged.outcome === "goes_on") assert.deepEqual([judged.execution.id, judged.between], tells);
  });
}

test("policies that cannot be read keep a failure open for a moment only", async () => {
  const retryPolicies = async () => {
    throw new Error("403");
  };
  const deps = {
    executor: { find: async () => found("a"), reruns: async () => [], retryPolicies },
    log: silentLog,
  };
  assert.equal((await judgeEnd(task, run("a"), 0, deps)).outcome, "wait");
  assert.equal((await judgeEnd(task, run("a"), 5_000, deps)).outcome, "over");
});

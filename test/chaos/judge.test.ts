import assert from "node:assert/strict";
import { test } from "node:test";
import { requestId } from "../../core/ids/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { aTask } from "../support/builders.ts";
import { type Evidence, judge, type Row } from "./judge.ts";

const PARAMETERS = { seconds: 0.05 };

function aRow(task: Task, overrides: Partial<Row> = {}): Row {
  const ids = { id: "ex1", requestId: requestId(task.id, 1) };
  return { ...ids, status: "succeeded", action: "core.wait", parameters: PARAMETERS, ...overrides };
}

function ended(overrides: Partial<Task> = {}): Task {
  const execution = { id: "ex1", cluster: "only", status: "succeeded", result: { waited: 1 } };
  const cards: Task["cards"] = [
    { no: 1, to: [], purpose: "approval", recipients: [], unreachable: [], sentAtMs: 0, codes: [] },
  ];
  return { ...aTask({ state: "succeeded" }), execution, cards, ...overrides };
}

function evidence(task: Task, rows: Row[], overrides: Partial<Evidence> = {}): Evidence {
  return {
    ...{ acknowledged: [task.eventId], tasks: [task], rows },
    asked: { action: "core.wait", parameters: PARAMETERS },
    approved: new Set([`${task.id}@1`]),
    cards: new Set([`${task.id}@1`]),
    messages: [`task ${task.id.slice(2, 8)} has ended`],
    ...overrides,
  };
}

function named(given: Evidence): string[] {
  return Object.entries(judge(given)).flatMap(([kind, lines]) => (lines.length > 0 ? [kind] : []));
}

const task = ended();
const CASES: [what: string, given: Evidence, names: string[]][] = [
  ["one approved execution with its end at the task", evidence(task, [aRow(task)]), []],
  ["an event that was taken and made no task", { ...evidence(task, [aRow(task)]), tasks: [] }, ["lost"]],
  ["two executions of one task", evidence(task, [aRow(task), aRow(task, { id: "ex2" })]), ["doubled"]],
  [
    "two that StackStorm made of one start, which people were told",
    evidence(ended({ doubles: ["ex2"] }), [aRow(task), aRow(task, { id: "ex2", isTwin: true })]),
    [],
  ],
  [
    "two that StackStorm made of one start, of which nobody knows",
    evidence(task, [aRow(task), aRow(task, { id: "ex2", isTwin: true })]),
    ["lost"],
  ],
  ["an execution nobody approved", evidence(task, [aRow(task)], { approved: new Set() }), ["unapproved"]],
  [
    "an execution with other parameters than were approved",
    evidence(task, [aRow(task, { parameters: { seconds: 0.06 } })]),
    ["unapproved"],
  ],
  ["an end that nobody heard of", evidence(task, [aRow(task)], { messages: [] }), ["lost"]],
  ["a task that still waits", evidence(ended({ state: "running" }), [aRow(task)]), ["stuck"]],
  [
    "a task whose execution StackStorm never brings to a worker",
    evidence(ended({ state: "running" }), [aRow(task, { status: "requested", isLost: true })]),
    [],
  ],
  ["an unknown start that StackStorm has", evidence(ended({ state: "unknown" }), [aRow(task)]), ["lost"]],
  ["an unknown start about which nobody was asked", evidence(ended({ state: "unknown" }), []), ["stuck"]],
];

for (const [what, given, names] of CASES) {
  test(`the judge names ${what} ${names.join() || "in order"}`, () => assert.deepEqual(named(given), names));
}

import { ONLY_GROUP, shortApproval } from "../../core/approvals/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Stop } from "../../core/stops/index.ts";
import {
  type Click,
  DEFAULT_SETTINGS,
  type Evidence,
  type Order,
  type Rendered,
  type RuleOrigin,
  type StepResult,
  step,
  type Task,
  type TaskInput,
  taskOfRule,
} from "../../core/tasks/index.ts";
import { anEvent } from "./builders.ts";
import { START_MS } from "./clock.ts";

/** A rule whose tasks ask the tag `sre-oncall`, need one approval and go on within an hour. */
export function aRule(overrides: Partial<Rule> = {}): Rule {
  return {
    id: "vm-disk-cleanup",
    title: "磁盘清理",
    on: ["vm.disk.usage"],
    business: "shop",
    features: [],
    action: "disk.cleanup",
    targets: ["{{ detail.host }}"],
    params: { host: "{{ detail.host }}" },
    approval: shortApproval({
      from: { tag: "sre-oncall" },
      need: 1,
      timeoutMs: 1_800_000,
      onTimeout: "reject",
    }),
    offers: [],
    report: { to: { tag: "sre-oncall" }, rows: [] },
    card: { rows: [] },
    maxAgeMs: 3_600_000,
    startWithinMs: 3_600_000,
    repeats: false,
    onRecovery: "keep",
    maxRounds: 3,
    ...overrides,
  };
}

/** A task as a rule makes it of an event, with a true binding hash. */
export function aMadeTask(
  given: {
    rule?: Partial<Rule>;
    event?: Partial<WhaleEvent>;
    rendered?: Partial<Rendered>;
    origin?: RuleOrigin;
  } = {},
): Task {
  const rule = aRule(given.rule);
  const { approval } = rule;
  if (approval.mode !== "people" && !given.rendered?.approval)
    throw new TypeError("give the policy's snapshot");
  const rendered: Rendered = {
    params: { host: "vm-1" },
    targets: ["vm-1"],
    clusters: ["hz-core"],
    approval: approval.mode === "people" ? approval : (given.rendered?.approval as Rendered["approval"]),
    rows: [],
    offers: [],
    ...given.rendered,
  };
  const making = { nowMs: START_MS, settings: DEFAULT_SETTINGS, depth: 0, causes: [] };
  const { origin } = given;
  return taskOfRule(
    rule,
    anEvent(given.event),
    { index: 0, rendered },
    { ...making, ...(origin ? { origin } : {}) },
  ).task;
}

/** Somebody who may decide for these groups; for the only one of a short form when none is named. */
export function entitledFor(...groups: string[]): Click["entitlement"] {
  return { outcome: "entitled", groups: groups.length > 0 ? groups : [ONLY_GROUP] };
}

let clicks = 0;

/** A click of an entitled person on the first card; every call is another callback. */
export function aClick(overrides: Partial<Click> = {}): Click {
  clicks++;
  return { by: "zhangsan", entitlement: entitledFor(), cardNo: 1, clickKey: `click-${clicks}`, ...overrides };
}

/** An order of an entitled person by a message; every call is another one. */
export function anOrder(overrides: Partial<Order> = {}): Order {
  clicks++;
  return { by: "zhangsan", entitlement: entitledFor(), key: `order-${clicks}`, ...overrides };
}

/** A stop of everything, ordered by wangwu a minute before the first task. */
export function aStop(overrides: Partial<Stop> = {}): Stop {
  const at = new Date(START_MS - 60_000).toISOString();
  return { scope: { of: "everything" }, by: "user:wangwu", at, why: "机房断电", ...overrides };
}

/** What StackStorm says of an execution that may be adopted. */
export function evidenceFor(task: Task): Extract<Evidence, { outcome: "seen" }> {
  const startedAt = new Date(task.createdAtMs + 1000).toISOString();
  const execution = { ...anExecution("running"), startedAt };
  return { outcome: "seen", execution, action: task.action, paramsHash: hashOf(task.params) };
}

/** The standing of a task whose rule, policy and cluster are as they were when it was made. */
export function aStanding(task: Task): Extract<TaskInput, { kind: "intend" }>["standing"] {
  return {
    digest: task.ruleDigest,
    policy: task.approval.mode === "policy" ? task.approval.policy : null,
    choice: { outcome: "chosen", cluster: task.clusters[0] ?? "", reason: "only_one", passed: [] },
  };
}

/** One step at an instant, with the default waiting times. */
export function stepAt(task: Task, input: TaskInput, nowMs = START_MS + 1000): StepResult {
  return step(task, input, { nowMs, settings: DEFAULT_SETTINGS });
}

/** The task after some inputs, each of which must move it. Each gets the task as it is by then. */
export function walk(task: Task, ...inputs: ((task: Task) => TaskInput)[]): Task {
  let current = task;
  for (const [i, inputOf] of inputs.entries()) {
    const input = inputOf(current);
    const result = stepAt(current, input, START_MS + 1000 * (i + 1));
    if (result.outcome !== "moved") throw new Error(`${input.kind} in ${current.state}: ${result.reason}`);
    current = result.task;
  }
  return current;
}

/** An execution record as an engine's answer gives it. */
export function anExecution(status: string): { id: string; cluster: string; status: string } {
  return { id: "6740a1b2c3d4e5f607182930", cluster: "hz-core", status };
}

export const inputs = {
  cardSent: (): TaskInput => ({
    kind: "card_sent",
    cardNo: 1,
    recipients: ["zhangsan", "lisi"],
    unreachable: [],
    code: "code-send",
    messageId: "m1",
  }),
  approve: (): TaskInput => ({ kind: "approve", click: aClick({ code: "code-click" }) }),
  reject: (): TaskInput => ({ kind: "reject", click: aClick({ code: "code-click" }) }),
  intend: (task: Task): TaskInput => ({ kind: "intend", standing: aStanding(task), sender: "w1" }),
  started: (task: Task): TaskInput => ({
    kind: "start_answer",
    requestId: task.start?.requestId ?? "",
    answer: { outcome: "started", execution: anExecution("requested") },
  }),
  lost: (task: Task): TaskInput => ({
    kind: "start_answer",
    requestId: task.start?.requestId ?? "",
    answer: { outcome: "unknown", message: "timeout" },
  }),
  absent: (): TaskInput => ({ kind: "look", sighting: { outcome: "absent" } }),
  found: (): TaskInput => ({
    kind: "look",
    sighting: { outcome: "found", execution: anExecution("running") },
  }),
  ended: (status: string) => (): TaskInput => ({ kind: "news", execution: anExecution(status) }),
};

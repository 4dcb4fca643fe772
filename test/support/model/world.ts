import { shortApproval } from "../../../core/approvals/index.ts";
import {
  type Control,
  type ControlAnswer,
  type ControlRecord,
  type Decision,
  isTerminal,
  type MachineSettings,
  type Sighting,
  type Standing,
  type StartAnswer,
  type step,
  type Task,
} from "../../../core/tasks/index.ts";
import { aMadeTask } from "../tasks.ts";

/** The instant at which every step of the model is judged. Time passes by moving the task's times back. */
export const NOW = 1_000;

/**
 * The waiting times of the model, in ticks of its clock. What matters is their order alone, which is that of the
 * defaults; pauses between looks do not grow, so that the count of looks need not be a part of a state.
 */
export const TICKS: MachineSettings = {
  startWindowMs: 2,
  startAnswerMs: 1,
  lookBaseMs: 1,
  lookMaxMs: 1,
  notSentBaseMs: 1,
  notSentMaxMs: 1,
  refusedBaseMs: 1,
  refusedMaxMs: 1,
  clusterWaitMs: 1,
  clusterWaitMaxMs: 1,
  queuedStuckMs: 2,
  delayedStuckMs: 2,
  steeredStuckMs: 2,
  runningStuckMs: 2,
  unaskedGraceMs: 1,
  unknownGiveUpMs: 3,
  heldRecheckMs: 1,
};
const APPROVAL_TICKS = 2;
const START_WITHIN_TICKS = 2;
/** No wait is longer, so that what lies further back has all the same effect. */
const LONG_AGO = 4;

/** Who clicks what, under which callback. Each may be delivered any number of times, at any moment. */
export interface Callback {
  by: string;
  kind: "approve" | "reject" | "again" | "give_up" | Control;
  key: string;
  /** In whose place they decide, who are not entitled themselves. */
  standsFor?: string;
  /** The option of `DEPTH` that they choose. */
  selected?: string;
}

/** What a run of the checker lets happen. */
export interface Plan {
  need: number;
  /** Whether approvers choose an option of `DEPTH`. */
  chooses: boolean;
  workers: number;
  callbacks: readonly Callback[];
  /** Whether the rule may be edited, the stored content changed, the alert recover, tasks be held. */
  surroundings: boolean;
  /** Whether the store may be put back to what it was when the task was approved. */
  restores: boolean;
  /** Whether StackStorm may make two executions of one request. */
  doubles: boolean;
}

/** One execution on the modelled StackStorm. */
export interface Row {
  id: string;
  requestId: string;
  status: "running" | "paused" | "canceled" | "succeeded";
  /** Made by StackStorm out of a request that had made one already. */
  isTwin: boolean;
}

/** A request that left and may arrive at any later moment, or never. */
export interface Flying {
  requestId: string;
  isSound: boolean;
}

/** Where a worker stands between two of its effects. A crash loses all of it. */
export type Worker =
  | { at: "idle" }
  /** Has read the task and, for a start, how the rule stands. */
  | { at: "read"; task: Task; standing: Standing; isSound: boolean }
  /** Has asked StackStorm. */
  | { at: "looked"; task: Task; standing: Standing; isSound: boolean; sighting: Sighting }
  /** Has stored the intent. */
  | { at: "intended"; task: Task; requestId: string; isSound: boolean; sighting: Sighting }
  /** Nothing but its own slowness lies between it and the request. */
  | { at: "leaving"; task: Task; requestId: string; isSound: boolean }
  /** Has an answer that is not stored. */
  | { at: "answered"; task: Task; requestId: string; answer: StartAnswer }
  /** Has read what a person wants of the run. */
  | { at: "steering"; task: Task; control: ControlRecord }
  /** Has StackStorm's answer to that. */
  | { at: "steered"; task: Task; control: ControlRecord; reply: ControlAnswer };

/** What the model itself knows of the people, beside the machine. */
export interface Ghost {
  delivered: string[];
  /** The places that approve: people, or those whom they stand for. */
  approvers: string[];
  /** What the first of them chose. */
  chosen: string | null;
  isRejected: boolean;
  /** How many starts people have ordered: the first, and each `again`. */
  orders: number;
  wasToldOfTwins: boolean;
  /** What people have ordered of the run. */
  wanted: readonly Control[];
}

export interface World {
  task: Task;
  isEdited: boolean;
  workers: readonly Worker[];
  rows: readonly Row[];
  flying: readonly Flying[];
  /** The task as it was when it was approved first; `spent` once it was put back. */
  backup: Task | "none" | "spent";
  ghost: Ghost;
}

/** What of the product the model is made of, so that a test can plant a bug in each. */
export interface Parts {
  step: typeof step;
  /** Whether a write needs the revision that was read. */
  compares: boolean;
  /** Whether the intent is stored before the request leaves. */
  storesIntent: boolean;
  /** Whether StackStorm is asked before a start. */
  asksFirst: boolean;
  /** What the worker takes an answer of StackStorm for. */
  hears(answer: StartAnswer): StartAnswer;
}

export const PARAMS = { host: "vm-1" };
export const DEPTH = {
  name: "depth",
  title: "范围",
  options: ["a", "b"].map((id) => ({ id, text: id, value: id })),
};

export function firstWorld(plan: Plan): World {
  const approval = shortApproval({
    from: { tag: "sre-oncall" },
    need: plan.need,
    timeoutMs: APPROVAL_TICKS,
    onTimeout: "reject",
    escalate: { to: { tag: "sre-leads" }, afterMs: 1 },
  });
  const choices = plan.chooses ? { choices: [DEPTH] } : {};
  const rule = { approval, startWithinMs: START_WITHIN_TICKS, ...choices };
  const made = aMadeTask({ rule, rendered: { params: PARAMS, ...choices } });
  const task = normal({ ...made, dueAtMs: NOW + APPROVAL_TICKS + TICKS.unaskedGraceMs });
  return {
    task,
    isEdited: false,
    workers: Array.from({ length: plan.workers }, () => ({ at: "idle" as const })),
    rows: [],
    flying: [],
    backup: "none",
    ghost: {
      ...{ delivered: [], approvers: [], chosen: null, isRejected: false },
      ...{ orders: 1, wasToldOfTwins: false, wanted: [] },
    },
  };
}

/** A time that is gone has the same effect however long it is gone, up to what is still measured from it. */
function clamp(atMs: number | null, reach = 0): number | null {
  return atMs === null ? null : Math.max(atMs, NOW - reach);
}

/**
 * The task without what no later step reads: texts, history, numbers of messages, codes of cards, and times that its
 * state measures nothing from. Two tasks that are the same afterwards answer every input in the same way.
 */
export function normal(task: Task): Task {
  const { message: _, ...rest } = task;
  const isOver = isTerminal(task.state);
  const isDecided = hasLeftPeople(task);
  // Of a run only orders are read; who approved it once may click as often as they like.
  const isRead = (key: string) => !isDecided || key.startsWith("order");
  const waitsForStart = ["approved", "held", "starting", "unknown"].includes(task.state);
  const start = task.start && {
    ...task.start,
    looks: 0,
    intentAtMs: task.state === "unknown" ? (clamp(task.start.intentAtMs, LONG_AGO) ?? NOW) : NOW,
    unknownAtMs: task.state === "starting" ? (clamp(task.start.unknownAtMs) ?? NOW) : NOW,
  };
  return {
    ...rest,
    reason: "made",
    createdAtMs: NOW,
    updatedAtMs: NOW,
    dueAtMs: clamp(task.dueAtMs),
    control: normalControl(task.control),
    deadlineAtMs: task.state === "pending_approval" ? clamp(task.deadlineAtMs) : null,
    askedAtMs: task.state === "pending_approval" ? clamp(task.askedAtMs, APPROVAL_TICKS) : null,
    approvedAtMs: waitsForStart ? clamp(task.approvedAtMs, LONG_AGO) : task.approvedAtMs && NOW,
    stuckToldAtMs: task.stuckToldAtMs === null ? null : NOW,
    start: isOver ? task.start && { ...task.start, looks: 0, intentAtMs: NOW, unknownAtMs: NOW } : start,
    decisions: isDecided ? [] : task.decisions.map((one) => ({ ...one, atMs: NOW })).sort(byPerson),
    seenClicks: isTerminal(task.state) ? [] : [...new Set(task.seenClicks)].filter(isRead).sort(),
    cards: task.cards.map((card) => ({ ...card, codes: [], sentAtMs: card.sentAtMs && NOW })),
    sent: 0,
    history: [],
  };
}

function byPerson(a: Decision, b: Decision): number {
  return a.clickKey < b.clickKey ? -1 : 1;
}

function normalControl(control: Task["control"]): ControlRecord | null {
  return control ? { ...control, tries: 0, askedAtMs: NOW, untilMs: clamp(control.untilMs) ?? NOW } : null;
}

/** Whether the task stands where no way leads back to a question: who decided what is read no more. */
export function hasLeftPeople({ state }: Task): boolean {
  return isTerminal(state) || ["running", "paused", "canceling"].includes(state);
}

/** The task one tick later. */
export function aged(task: Task): Task {
  const back = (atMs: number | null) => (atMs === null ? null : atMs - 1);
  const { start, control } = task;
  return normal({
    ...task,
    control: control ? { ...control, untilMs: control.untilMs - 1 } : null,
    dueAtMs: back(task.dueAtMs),
    deadlineAtMs: back(task.deadlineAtMs),
    askedAtMs: back(task.askedAtMs),
    approvedAtMs: back(task.approvedAtMs),
    start: start && { ...start, intentAtMs: start.intentAtMs - 1, unknownAtMs: start.unknownAtMs - 1 },
  });
}

const taskKeys = new WeakMap<Task, string>();

/** Everything of a normal task that a step reads. The revision is left out: who has read which is the worker's. */
export function taskKey(task: Task): string {
  const known = taskKeys.get(task);
  if (known !== undefined) return known;
  const { state, dueAtMs, deadlineAtMs, askedAtMs, escalated, approvedAtMs, stuckToldAtMs, start } = task;
  const { round, startNo, execution, decisions, seenClicks, cards, params } = task;
  const times = [dueAtMs, deadlineAtMs, askedAtMs, escalated, approvedAtMs, stuckToldAtMs];
  const started = start && [start.requestId, start.intentAtMs, start.unknownAtMs];
  const decided = decisions.map(({ by, onBehalfOf, verdict, groups, chosen, round: no, clickKey }) => {
    return [by, onBehalfOf, verdict, groups, chosen, no, clickKey];
  });
  const asked = cards.map(({ no, sentAtMs }) => [no, sentAtMs]);
  const key = JSON.stringify([
    ...[state, times, round, startNo, started, execution?.id, execution?.status],
    ...[task.control?.key, task.control?.untilMs, decided, seenClicks, asked, params.host, task.chosen],
  ]);
  taskKeys.set(task, key);
  return key;
}

/** Workers are alike, so that it does not matter which of them stands where. */
export function worldKey(world: World, keepsOldCopies: boolean): string {
  const { task, rows, flying, backup, ghost } = world;
  const workers = world.workers.map((worker) => workerKey(worker, task, keepsOldCopies)).sort();
  return [
    taskKey(task),
    `${world.isEdited ? 1 : 0}${ghost.isRejected && !hasLeftPeople(task) ? 1 : 0}${ghost.orders}`,
    `${backup === "none" || backup === "spent" ? backup : taskKey(backup)}${ghost.wasToldOfTwins ? 1 : 0}`,
    hasLeftPeople(task) ? "" : `${ghost.delivered.join()} ${ghost.approvers.join()} ${ghost.chosen}`,
    ghost.wanted.join(),
    workers.join(";"),
    rows
      .map((row) => `${row.requestId.slice(-2)}${row.status[0]}${row.status[1]}${row.isTwin ? 2 : 1}`)
      .join(),
    flying.map((one) => one.requestId.slice(-2)).join(),
  ].join("|");
}

function workerKey(worker: Worker, task: Task, keepsOldCopies: boolean): string {
  if (worker.at === "idle") return "";
  const isFresh = worker.task.revision === task.revision;
  // Who has read an older revision judges anew on what is stored; of the old copy only the number of starts is used.
  const copy = isFresh ? "=" : keepsOldCopies ? taskKey(worker.task) : `<${worker.task.startNo}`;
  const due = worker.task.dueAtMs !== null && worker.task.dueAtMs <= NOW ? "late" : "";
  const parts = [worker.at, copy, due, worker.task.state === "approved" ? "s" : "l"];
  if ("isSound" in worker) parts.push(String(worker.isSound));
  if ("standing" in worker) parts.push(worker.standing.digest === task.ruleDigest ? "" : "edited");
  if ("sighting" in worker) parts.push(sightingKey(worker.sighting));
  if ("requestId" in worker) parts.push(worker.requestId.slice(-2));
  if ("control" in worker) parts.push(worker.control.key);
  if (worker.at === "steered") parts.push(worker.reply.outcome);
  if (worker.at === "steered" && worker.reply.outcome === "taken") parts.push(worker.reply.execution.status);
  if (worker.at === "answered") parts.push(worker.answer.outcome);
  if (worker.at === "answered" && worker.answer.outcome === "started") parts.push(worker.answer.execution.id);
  return parts.join(".");
}

function sightingKey(sighting: Sighting): string {
  return sighting.outcome === "found" ? `found ${sighting.execution.id}` : sighting.outcome;
}

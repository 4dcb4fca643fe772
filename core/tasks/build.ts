import { bindingHash } from "../approvals/binding.ts";
import type { Choice } from "../approvals/choices.ts";
import type { PackNeed } from "../clusters/pack-need.ts";
import type { WhaleEvent } from "../events/event.ts";
import type { JsonObject } from "../ids/index.ts";
import type { CardRow } from "../rules/rule.ts";
import type { Effect } from "./effects.ts";
import { cardsFor } from "./group-cards.ts";
import type { Origin } from "./origin.ts";
import type { MoveReason } from "./reasons.ts";
import type { MachineSettings } from "./settings.ts";
import type { ApprovalSnapshot, CardRecord, EventBrief, HistoryLine, OfferSnapshot, Task } from "./task.ts";

/** What a rule's templates gave for one event. */
export interface Rendered {
  params: JsonObject;
  /** Absent when there is nothing to choose. */
  choices?: readonly Choice[];
  targets: string[];
  clusters: string[];
  /** Absent when none. */
  reserve?: readonly string[];
  /** Absent when none are needed. */
  packs?: readonly PackNeed[];
  approval: ApprovalSnapshot;
  rows: CardRow[];
  text?: string;
  offers: OfferSnapshot[];
}

/** A new task with what goes out with it. */
export interface NewTask {
  task: Task;
  effects: Effect[];
}

/** What making a task needs beside what it is made of. */
export interface Making {
  nowMs: number;
  settings: MachineSettings;
  /** How deep in a chain of `whale.task.ended` the event is, and the tasks before. */
  depth: number;
  causes: string[];
}

/** What a task is made of. */
export type Basis = Rendered &
  Pick<
    Task,
    | "id"
    | "origin"
    | "ruleId"
    | "ruleVersion"
    | "ruleDigest"
    | "title"
    | "business"
    | "action"
    | "event"
    | "forEachIndex"
    | "coalesced"
    | "secretParams"
    | "startWithinMs"
    | "rerunOf"
    | "notify"
    | "changed"
  > & { report: Task["report"]; origin: Origin };

/** What a task keeps of its event. */
export function briefOf(event: WhaleEvent): EventBrief {
  const { id, type, title, subject, severity, source, receivedAt, incident, repeatOf = id } = event;
  return { id, type, title, subject, severity, source, receivedAt, incident, firstEventId: repeatOf };
}

/** A task at its first step, with what goes out with it. */
export function build(basis: Basis, making: Making): NewTask {
  const { rows, text, ...rest } = basis;
  const gate = firstStep(basis, making);
  const task: Task = {
    ...rest,
    ...gate.fields,
    ...(text === undefined ? {} : { cardText: text }),
    eventId: basis.event.id,
    revision: 1,
    createdAtMs: making.nowMs,
    updatedAtMs: making.nowMs,
    hash: bindingHash(basis),
    round: 1,
    decisions: [],
    awaitedReasons: [],
    seenClicks: [],
    deadlineAtMs: null,
    askedAtMs: null,
    escalated: 0,
    sent: 0,
    cardRows: rows,
    startNo: 1,
    start: null,
    execution: null,
    stuckToldAtMs: null,
    depth: making.depth,
    causes: making.causes,
    proof: "unverified",
  };
  return { task, effects: gate.effects };
}

interface Gate {
  fields: Pick<Task, "state" | "reason" | "dueAtMs" | "approvedAtMs" | "cards" | "history">;
  effects: Effect[];
}

function firstStep(basis: Basis, making: Making): Gate {
  const { approval } = basis;
  const { nowMs, settings } = making;
  if (approval.mode === "policy") {
    const fields = { dueAtMs: nowMs, approvedAtMs: nowMs, cards: [] };
    return { fields: { ...fields, ...entered("approved", "policy_applies", nowMs) }, effects: [] };
  }
  const card: CardRecord = {
    no: 1,
    to: approval.groups.map(({ from }) => from),
    purpose: "approval",
    recipients: [],
    unreachable: [],
    sentAtMs: null,
    codes: [],
  };
  // Until WeCom takes the card nobody can answer, so the approval's own time has not begun.
  const dueAtMs = nowMs + approval.timeoutMs + settings.unaskedGraceMs;
  const { group } = approval;
  const { cards, effects } = cardsFor(basis.id, card, group);
  const fields = { dueAtMs, approvedAtMs: null, cards };
  return { fields: { ...fields, ...entered("pending_approval", "made", nowMs) }, effects };
}

function entered(
  state: "approved" | "pending_approval",
  reason: MoveReason,
  nowMs: number,
): Pick<Task, "state" | "reason" | "history"> {
  const line: HistoryLine = { atMs: nowMs, from: null, to: state, reason };
  return { state, reason, history: [line] };
}

import { approvalIdentity } from "../approvals/approval.ts";
import { bindingHash } from "../approvals/binding.ts";
import type { Choice } from "../approvals/choices.ts";
import { allowedClusters, type Cluster } from "../clusters/cluster.ts";
import type { WhaleEvent } from "../events/event.ts";
import {
  hashOf,
  type JsonObject,
  offerTaskId,
  renewedTaskId,
  replayTaskId,
  retryTaskId,
  taskId,
} from "../ids/index.ts";
import { type CardRow, type Offer, type Rule, ruleDigest, ruleVersion } from "../rules/rule.ts";
import type { Effect } from "./effects.ts";
import type { MoveReason } from "./reasons.ts";
import type { MachineSettings } from "./settings.ts";
import type {
  ApprovalSnapshot,
  CardRecord,
  EventBrief,
  HistoryLine,
  OfferSnapshot,
  Origin,
  Task,
} from "./task.ts";

/** What a rule's templates gave for one event. */
export interface Rendered {
  params: JsonObject;
  /** Absent when there is nothing to choose. */
  choices?: readonly Choice[];
  targets: string[];
  clusters: string[];
  /** Absent when none. */
  reserve?: readonly string[];
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

interface Making {
  nowMs: number;
  settings: MachineSettings;
  /** How deep in a chain of `whale.task.ended` the event is, and the tasks before. */
  depth: number;
  causes: string[];
}

/** How a rule comes to judge an event. */
export type RuleOrigin = Extract<Origin, { kind: "rule" | "replay" | "renewed" }>;

/**
 * The task that a rule makes of an event, or of one element of a list in it. The same rule, event and place give
 * the same id, in each replay another, and another again where an approval was void.
 */
export function taskOfRule(
  rule: Rule,
  event: WhaleEvent,
  { index, rendered }: { index: number; rendered: Rendered },
  making: Making & { origin?: RuleOrigin },
): NewTask {
  const { origin = { kind: "rule" } } = making;
  const base: Basis = {
    id: idOf(origin, event.id, { rule: rule.id, index }),
    origin,
    ruleId: rule.id,
    ruleVersion: ruleVersion(rule),
    ruleDigest: ruleDigest(rule),
    title: rule.title,
    business: rule.business,
    action: rule.action,
    event: briefOf(event),
    forEachIndex: index,
    ...(rule.throttle?.coalesce ? { coalesced: 0 } : {}),
    report: rule.report,
    startWithinMs: rule.startWithinMs,
    ...rendered,
  };
  return build(base, making);
}

function idOf(origin: RuleOrigin, event: string, place: { rule: string; index: number }): string {
  switch (origin.kind) {
    case "rule":
      return taskId(event, place.rule, place.index);
    case "replay":
      return replayTaskId(origin.replay, event, place);
    case "renewed":
      return renewedTaskId(origin.of);
    default:
      return origin satisfies never;
  }
}

/**
 * How the task comes to be that asks anew, where an approval of this one is void; null where a person asked for it, who
 * is told and may ask for it again.
 */
export function renewedOrigin({ id, origin }: Pick<Task, "id" | "origin">): RuleOrigin | null {
  if (origin.kind === "offer" || origin.kind === "retry") return null;
  return { kind: "renewed", of: id, by: origin.kind === "rule" ? null : origin.by };
}

/** The digest that an offer's tasks are bound to. */
export function offerDigest(rule: Rule, offer: Offer): string {
  const { id, action, params } = offer;
  const approval = approvalIdentity(offer.approval);
  return hashOf({ rule: rule.id, business: rule.business, offer: { id, action, params, approval } });
}

/** The digest that a task's approval is bound to, as the rules are now; null when its rule or offer is gone. */
export function currentDigest(rules: readonly Rule[], task: Task): string | null {
  const rule = rules.find((r) => r.id === task.ruleId);
  if (!rule) return null;
  const wanted = offerOf(task.origin);
  if (wanted === undefined) return ruleDigest(rule);
  const offer = rule.offers.find((o) => o.id === wanted);
  return offer ? offerDigest(rule, offer) : null;
}

function offerOf(origin: Origin): string | undefined {
  return origin.kind === "offer" || origin.kind === "retry" ? origin.offer : undefined;
}

/**
 * The nth task that a person asks for to run an ended one once more: the same content, which has to be approved as the
 * first had, though not by that person alone.
 */
export function taskOfRetry(ended: Task, facts: Making & { by: string; key: string; n: number }): NewTask {
  const { by, key, n } = facts;
  const offer = offerOf(ended.origin);
  const { ruleId, ruleVersion: version, ruleDigest: digest, title, business, action } = ended;
  const { event, startWithinMs, params, targets, clusters, approval, report } = ended;
  const basis: Basis = {
    id: retryTaskId(ended.id, n),
    origin: {
      kind: "retry",
      of: ended.id,
      by: by === "local" ? null : by,
      key,
      ...(offer === undefined ? {} : { offer }),
    },
    ruleVersion: version,
    ruleDigest: digest,
    forEachIndex: 0,
    ...{ ruleId, title, business, action, event, startWithinMs, params, targets, clusters, approval, report },
    ...(ended.choices ? { choices: ended.choices } : {}),
    ...(ended.reserve ? { reserve: ended.reserve } : {}),
    rows: ended.cardRows,
    ...(ended.cardText === undefined ? {} : { text: ended.cardText }),
    offers: [],
  };
  const { task, effects } = build(basis, facts);
  return { task: { ...task, retryOf: ended.id }, effects };
}

/** The task that one click on an offer makes, asked for by the person who clicked. */
export function taskOfOffer(
  parent: Task,
  offer: OfferSnapshot,
  facts: Making & { by: string; clickKey: string; rule: Rule; clusters: readonly Cluster[] },
): NewTask | null {
  const declared = facts.rule.offers.find((o) => o.id === offer.id);
  if (!declared) return null;
  const base: Basis = {
    id: offerTaskId(parent.id, offer.id, facts.clickKey),
    origin: { kind: "offer", parentTask: parent.id, offer: offer.id, by: facts.by },
    ruleId: parent.ruleId,
    ruleVersion: ruleVersion(facts.rule),
    ruleDigest: offerDigest(facts.rule, declared),
    title: offer.title,
    business: parent.business,
    action: offer.action,
    event: parent.event,
    forEachIndex: 0,
    report: { to: { users: [facts.by] }, rows: [] },
    startWithinMs: parent.startWithinMs,
    params: offer.params,
    targets: parent.targets,
    // What a version before routes has offered goes where its business goes.
    clusters: offer.clusters ?? allowedClusters(facts.clusters, parent.business),
    ...(offer.reserve ? { reserve: offer.reserve } : {}),
    approval: offer.approval,
    rows: [],
    offers: [],
  };
  return build(base, facts);
}

type Basis = Rendered &
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
    | "startWithinMs"
  > & { report: Task["report"]; origin: Origin };

function briefOf(event: WhaleEvent): EventBrief {
  const { id, type, title, subject, severity, source, receivedAt, incident, repeatOf = id } = event;
  return { id, type, title, subject, severity, source, receivedAt, incident, firstEventId: repeatOf };
}

function build(basis: Basis, making: Making): NewTask {
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
  const cards = group === undefined ? [card] : [card, { ...card, no: 2, group }];
  const shown: Effect[] = group === undefined ? [] : [{ kind: "group_card", task: basis.id, cardNo: 2 }];
  const fields = { dueAtMs, approvedAtMs: null, cards };
  return {
    fields: { ...fields, ...entered("pending_approval", "made", nowMs) },
    effects: [{ kind: "card", cardNo: 1 }, ...shown],
  };
}

function entered(
  state: "approved" | "pending_approval",
  reason: MoveReason,
  nowMs: number,
): Pick<Task, "state" | "reason" | "history"> {
  const line: HistoryLine = { atMs: nowMs, from: null, to: state, reason };
  return { state, reason, history: [line] };
}

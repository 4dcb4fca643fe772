import { createHash } from "node:crypto";
import { shortApproval } from "../../core/approvals/index.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { eventId, taskId } from "../../core/ids/index.ts";
import type { EventDraft } from "../../core/incidents/index.ts";
import type { Delivery, OutboxItem, RawBody } from "../../core/ports/index.ts";
import { isTerminal, type Task } from "../../core/tasks/index.ts";
import { START_MS } from "./clock.ts";

const START = new Date(START_MS).toISOString();
const RAW_REF = `sha256:${"0".repeat(64)}`;

/** A firing disk alert of the host `vm-1`, received when test clocks start. Name only what matters. */
export function anEvent(overrides: Partial<WhaleEvent> = {}): WhaleEvent {
  return { id: eventId("prometheus", "delivery-1"), ...anEventBody(), ...overrides };
}

function anEventBody(): EventDraft["event"] {
  return {
    type: "vm.disk.usage",
    name: "NodeFilesystemAlmostOutOfSpace",
    title: "磁盘使用率过高 vm-1",
    source: "prometheus",
    subject: "vm-1",
    severity: "critical",
    status: "firing",
    time: START,
    receivedAt: START,
    fingerprint: "vm-1/data",
    incident: "vm-1/data",
    labels: { env: "prod", alertname: "NodeFilesystemAlmostOutOfSpace" },
    annotations: {},
    detail: { host: "vm-1", app: "shop", usage: 91, mount: "/data", paths: ["/var/log"] },
    violations: [],
    rawRef: RAW_REF,
  };
}

/** What may differ in a draft: fields of its event, its delivery key (null for none) and its fresh id. */
export interface DraftOverrides {
  event?: Partial<EventDraft["event"]>;
  dedupeKey?: string | null;
  freshId?: string;
  senderTimeMs?: number;
  incidentWindowMs?: number;
}

/** A draft of `anEvent`, with the delivery key `delivery-1`. */
export function aDraft(overrides: DraftOverrides = {}): EventDraft {
  const { dedupeKey = "delivery-1", freshId = "e_01JBHV0000000000000000000A", ...times } = overrides;
  const draft = { ...times, event: { ...anEventBody(), ...overrides.event }, freshId };
  return dedupeKey === null ? draft : { ...draft, dedupeKey };
}

/** A raw body whose reference is the hash of its text. */
export function aRawBody(text = "{}", contentType = "application/json"): RawBody {
  const bytes = new TextEncoder().encode(text);
  return { ref: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, contentType, bytes };
}

/** One POST of the source `prometheus` with these drafts, which then name its raw body. */
export function aDelivery(drafts: readonly EventDraft[], overrides: Partial<Delivery> = {}): Delivery {
  const raw = overrides.raw ?? aRawBody();
  const named = drafts.map((draft) => ({ ...draft, event: { ...draft.event, rawRef: raw.ref } }));
  return { source: "prometheus", drafts: named, raw, ...overrides };
}

/**
 * A task of the rule `vm-disk-cleanup` that waits for approval, due now. Its id follows from its event, rule
 * and index; a terminal state takes its due time away unless the test names one.
 */
export function aTask(overrides: Partial<Task> = {}): Task {
  const event = overrides.eventId ?? eventId("prometheus", "delivery-1");
  const rule = overrides.ruleId ?? "vm-disk-cleanup";
  const index = overrides.forEachIndex ?? 0;
  const dueAtMs = isTerminal(overrides.state ?? "pending_approval") ? null : START_MS;
  const ids = { id: taskId(event, rule, index), eventId: event, ruleId: rule, forEachIndex: index };
  return { ...aTaskBody(event), ...ids, dueAtMs, ...overrides };
}

type TaskBody = Omit<Task, "id" | "eventId" | "ruleId" | "forEachIndex" | "dueAtMs">;

function aTaskBody(event: string): TaskBody {
  return { ...aTaskStanding(), ...aTaskWork(), event: aBrief(event), ...aTaskGate(), ...aTaskCourse() };
}

function aTaskStanding(): Pick<
  Task,
  "state" | "reason" | "revision" | "createdAtMs" | "updatedAtMs" | "history"
> {
  return {
    state: "pending_approval",
    reason: "made",
    revision: 1,
    createdAtMs: START_MS,
    updatedAtMs: START_MS,
    history: [{ atMs: START_MS, from: null, to: "pending_approval", reason: "made" }],
  };
}

function aBrief(id: string): Task["event"] {
  const { type, title, subject, severity, source, receivedAt, incident } = anEventBody();
  return { id, type, title, subject, severity, source, receivedAt, incident, firstEventId: id };
}

function aTaskWork(): Pick<
  Task,
  | "ruleVersion"
  | "ruleDigest"
  | "origin"
  | "business"
  | "title"
  | "action"
  | "params"
  | "targets"
  | "clusters"
> {
  return {
    ruleVersion: "0123456789abcdef",
    ruleDigest: "1".repeat(64),
    origin: { kind: "rule" },
    business: "shop",
    title: "磁盘清理",
    action: "disk.cleanup",
    params: { host: "vm-1", paths: ["/var/log"], dry_run: false },
    targets: ["vm-1"],
    clusters: ["hz-core"],
  };
}

function aTaskGate(): Pick<
  Task,
  | "approval"
  | "hash"
  | "round"
  | "decisions"
  | "awaitedReasons"
  | "seenClicks"
  | "deadlineAtMs"
  | "askedAtMs"
  | "escalated"
  | "offers"
> {
  return {
    approval: shortApproval({
      from: { tag: "sre-oncall" },
      need: 1,
      timeoutMs: 1_800_000,
      onTimeout: "reject",
    }),
    hash: "2".repeat(64),
    round: 1,
    decisions: [],
    seenClicks: [],
    deadlineAtMs: null,
    awaitedReasons: [],
    askedAtMs: null,
    escalated: 0,
    offers: [],
  };
}

function aTaskCourse(): Pick<
  Task,
  | "cards"
  | "sent"
  | "cardRows"
  | "report"
  | "startWithinMs"
  | "approvedAtMs"
  | "startNo"
  | "start"
  | "execution"
  | "stuckToldAtMs"
  | "depth"
  | "causes"
  | "proof"
> {
  return {
    cards: [],
    sent: 0,
    cardRows: [],
    report: { rows: [] },
    startWithinMs: 3_600_000,
    approvedAtMs: null,
    startNo: 1,
    start: null,
    execution: null,
    stuckToldAtMs: null,
    depth: 0,
    causes: [],
    proof: "unverified",
  };
}

/** An answer in lane 3 that is due when test clocks start. */
export function anOutboxItem(overrides: Partial<OutboxItem> = {}): OutboxItem {
  return {
    key: "answer:1",
    taskId: null,
    lane: 3,
    body: { kind: "answer", to: "zhangsan", text: "收到" },
    dueAtMs: START_MS,
    ...overrides,
  };
}

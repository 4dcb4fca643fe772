import type { Json, JsonObject } from "../ids/index.ts";
import type { People } from "../people/people.ts";
import type { Policy } from "../policies/policy.ts";
import type { CardRow, PeopleApproval } from "../rules/rule.ts";
import type { MoveReason } from "./reasons.ts";

export const OPEN_STATES = [
  "held",
  "pending_approval",
  "approved",
  "starting",
  "unknown",
  "running",
  "paused",
  "canceling",
] as const;
export const TERMINAL_STATES = [
  "succeeded",
  "failed",
  "timeout",
  "canceled",
  "abandoned",
  "rejected",
  "expired",
  "withdrawn",
  "refused",
  "gave_up",
] as const;
export const TASK_STATES = [...OPEN_STATES, ...TERMINAL_STATES] as const;
export type OpenState = (typeof OPEN_STATES)[number];
export type TerminalState = (typeof TERMINAL_STATES)[number];
/** Where a task stands (design.md 2a). Every state that is not terminal has a due time. */
export type TaskState = (typeof TASK_STATES)[number];

/** Whether a state is final. */
export function isTerminal(state: TaskState): state is TerminalState {
  return (TERMINAL_STATES as readonly string[]).includes(state);
}

/** How a task came to be. */
export type Origin =
  | { kind: "rule" }
  /**
   * A rule judged a stored event again. `by` is the userid of who asked for it, and may not approve it alone;
   * null where that was the command line of the machine itself.
   */
  | { kind: "replay"; replay: string; by: string | null }
  /** A click on an offer of another task's card. `by` may not approve it alone. */
  | { kind: "offer"; parentTask: string; offer: string; by: string };

/** The gate as it was when the task was made; the task carries it so that no later edit changes it. */
export type ApprovalSnapshot = PeopleApproval | { mode: "policy"; policy: Policy };

/** What a person, or a policy, decided. */
export interface Decision {
  verdict: "approve" | "reject";
  /** userid in lower case, or `policy:<id>`. */
  by: string;
  /** userid of the absent person in whose place it was decided; absent where somebody decided as themselves. */
  onBehalfOf?: string;
  atMs: number;
  /** The binding hash that the decision was made on. */
  hash: string;
  /** Which asking it belongs to; a new round needs new decisions. */
  round: number;
  /** The callback that brought it; the same callback counts once. */
  clickKey: string;
}

/** A single-use code for updating a card (reference/wecom.md 3.8). */
export interface UpdateCode {
  code: string;
  from: "send" | "click";
  /** When WeCom gave it; it lives 72 h. */
  atMs: number;
}

/** One card of a task. */
export interface CardRecord {
  no: number;
  to: People;
  purpose: "approval" | "escalation" | "unknown";
  /** Userids it went to; empty until WeCom took it. */
  recipients: string[];
  unreachable: string[];
  sentAtMs: number | null;
  messageId?: string;
  /** Codes not yet spent, oldest first. */
  codes: UpdateCode[];
}

/** One attempt to start. It is stored before the request leaves. */
export interface StartRecord {
  no: number;
  requestId: string;
  cluster: string;
  intentAtMs: number;
  /** After this instant an unresolved start is `unknown` and a human is asked. */
  unknownAtMs: number;
  /** How often StackStorm was asked for the request id. */
  looks: number;
}

/** The execution as last seen. */
export interface ExecutionRecord {
  id: string;
  cluster: string;
  status: string;
  startedAt?: string;
  endedAt?: string;
  elapsedSeconds?: number;
  /** The result, absent when it is larger than the follower reads. */
  result?: Json;
  resultBytes?: number;
  url?: string;
}

/** What the card tells about the event; data, never rendered again. */
export interface EventBrief {
  id: string;
  type: string;
  title: string;
  subject: string;
  severity: string;
  source: string;
  receivedAt: string;
  /** The key of its incident, unique within its source. */
  incident: string;
  /** The first event of that incident while it was open: what a recovery names when it closes it. */
  firstEventId: string;
}

/** An offer, rendered for this task. */
export interface OfferSnapshot {
  id: string;
  title: string;
  action: string;
  params: JsonObject;
  approval: ApprovalSnapshot;
}

/** One line of a task's history, for people. */
export interface HistoryLine {
  atMs: number;
  from: TaskState | null;
  to: TaskState;
  reason: MoveReason;
  by?: string;
  /** In whose place. */
  onBehalfOf?: string;
}

/** What one rule makes of one event: the unit that is approved, executed, reported. */
export interface Task {
  id: string;
  state: TaskState;
  /** Why it is in this state. */
  reason: MoveReason;
  /** What a person reads beside the reason: StackStorm's refusal, the policy's fault. */
  message?: string;
  /** Grows by one with each stored move; the compare-and-set key. */
  revision: number;
  /** When it must be looked at next, in milliseconds; null when terminal. */
  dueAtMs: number | null;
  createdAtMs: number;
  updatedAtMs: number;
  eventId: string;
  ruleId: string;
  ruleVersion: string;
  ruleDigest: string;
  forEachIndex: number;
  origin: Origin;
  business: string;
  title: string;
  event: EventBrief;
  action: string;
  params: JsonObject;
  targets: string[];
  /** Names of the clusters it may run on, sorted. */
  clusters: string[];
  approval: ApprovalSnapshot;
  /** The binding hash (promise 2). */
  hash: string;
  round: number;
  decisions: Decision[];
  /** Callbacks already worked on, newest last, bounded: the same callback twice changes nothing. */
  seenClicks: string[];
  /** When the approval stops waiting; null until WeCom took the first card. */
  deadlineAtMs: number | null;
  escalatedAtMs: number | null;
  cards: CardRecord[];
  /** How many outgoing messages it has made; numbers their outbox keys. */
  sent: number;
  cardRows: CardRow[];
  cardText?: string;
  offers: OfferSnapshot[];
  report: { to?: People; group?: string; rows: CardRow[] };
  startWithinMs: number;
  /** When the quorum was reached or the policy applied; null while it waits. */
  approvedAtMs: number | null;
  /** The number the next start gets. Grows only when a person orders another start. */
  startNo: number;
  start: StartRecord | null;
  execution: ExecutionRecord | null;
  /** When the watchdog told people that the execution does not move. */
  stuckToldAtMs: number | null;
  retryOf?: string;
  /** Where the rule coalesces: how many events the throttle held back since the task before. */
  coalesced?: number;
  /** How deep in a chain of `whale.task.ended` it is, and by what it was caused. */
  depth: number;
  causes: string[];
  proof: "unverified" | "verified" | "not_helped";
  history: HistoryLine[];
}

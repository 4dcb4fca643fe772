import type { PeopleApproval } from "../approvals/approval.ts";
import type { Choice, Chosen } from "../approvals/choices.ts";
import type { ClusterChoice } from "../clusters/choice.ts";
import type { PackNeed } from "../clusters/pack-need.ts";
import type { Json, JsonObject } from "../ids/index.ts";
import type { People, PeopleGroups } from "../people/people.ts";
import type { Policy } from "../policies/policy.ts";
import type { CardRow } from "../rules/rule.ts";
import type { Stop } from "../stops/stop.ts";
import type { Origin } from "./origin.ts";
import type { MoveReason } from "./reasons.ts";
import type { ParamChange, RerunOf } from "./retry-plan.ts";
import type { StartRecord } from "./start-record.ts";

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
  /** The binding hash that the decision was made on; of an approval with choices, `approvedHash`. */
  hash: string;
  /** Which asking it belongs to; a new round needs new decisions. */
  round: number;
  /** The callback that brought it; the same callback counts once. */
  clickKey: string;
  /** Names of the groups that its person was entitled for at the click. */
  groups: readonly string[];
  /** Of an approval with choices: what it chose. */
  chosen?: Chosen;
  /** What the person wrote: data, on one line, never rendered. */
  reason?: string;
}

/** A click that will decide once its person has written a reason. */
export interface AwaitedReason {
  verdict: Decision["verdict"];
  by: string;
  /** What its click chose. */
  chosen?: Chosen;
  round: number;
  /** When the click came. */
  atMs: number;
}

/** A single-use code for updating a card (reference/wecom.md 3.8). */
export interface UpdateCode {
  code: string;
  from: "send" | "click";
  /** When WeCom gave it; it lives 72 h. */
  atMs: number;
}

/** What keeps an approved task from starting. */
export interface Hold {
  stop: Stop;
  /** Since when it holds this task. */
  sinceMs: number;
}

/** One card of a task. */
export interface CardRecord {
  no: number;
  to: PeopleGroups;
  /** `going_on`: it follows cards that told of a hold and cannot be changed yet. */
  purpose: "approval" | "escalation" | "unknown" | "going_on";
  /** A name in groups.yaml: it went into that group instead of to people. */
  group?: string;
  /** The batch whose card stands for this one. */
  batch?: string;
  /** Userids it went to; empty until WeCom took it. */
  recipients: string[];
  unreachable: string[];
  sentAtMs: number | null;
  messageId?: string;
  /** Since when the hold is in force that the card tells of; absent where it tells of none. */
  shownHoldMs?: number;
  /** A later card has taken its place until the end. */
  isFollowed?: true;
  /** Codes not yet spent, oldest first. */
  codes: UpdateCode[];
}

/** What people may want of a run. */
export const CONTROLS = ["cancel", "pause", "resume"] as const;
export type Control = (typeof CONTROLS)[number];

/** What a person wants of the run, stored before StackStorm is asked for it. */
export interface ControlRecord {
  what: Control;
  /** The order's own key. */
  key: string;
  by: string;
  askedAtMs: number;
  /** After this instant it is no longer asked for, and its person is told. */
  untilMs: number;
  tries: number;
}

/** An execution that could be the start that is looked for: same action, same parameters, of the same time. */
export interface Candidate {
  id: string;
  cluster: string;
  status: string;
  startedAt?: string;
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
  /** Where its task may run; absent in tasks of earlier versions. */
  clusters?: string[];
  reserve?: readonly string[];
  packs?: readonly PackNeed[];
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
  /** Whom the engine itself is to tell of the end, as its own API has it; absent: nobody. */
  notify?: JsonObject;
  /** Names of the parameters whose values must not be shown; absent when none. */
  secretParams?: readonly string[];
  targets: string[];
  /** Names of the clusters it may run on, sorted. */
  clusters: string[];
  /** Those among them, sorted, that serve only while none of the others is usable; absent when none. */
  reserve?: readonly string[];
  /** What its cluster must have of packs, by its rule and its route; absent when nothing. */
  packs?: readonly PackNeed[];
  /** How its cluster was chosen the last time, or what it waits for. */
  choice?: ClusterChoice;
  approval: ApprovalSnapshot;
  /** What whoever approves chooses; absent when nothing. */
  choices?: readonly Choice[];
  /** What the first approval of this round has chosen. */
  chosen?: Chosen;
  /** The binding hash (promise 2). */
  hash: string;
  round: number;
  decisions: Decision[];
  /** One for each person at most, oldest first. */
  awaitedReasons: AwaitedReason[];
  /** Callbacks already worked on, newest last, bounded: the same callback twice changes nothing. */
  seenClicks: string[];
  /** When the approval stops waiting; null until WeCom took the first card. */
  deadlineAtMs: number | null;
  /** When this round began to ask, which steps of escalation count from; null until WeCom took the first card. */
  askedAtMs: number | null;
  /** How many of the approval's steps were asked. */
  escalated: number;
  cards: CardRecord[];
  /** How many outgoing messages it has made; numbers their outbox keys. */
  sent: number;
  cardRows: CardRow[];
  cardText?: string;
  offers: OfferSnapshot[];
  report: { to?: People; group?: string; rows: CardRow[] };
  startWithinMs: number;
  /** What holds it, where it is held. */
  hold?: Hold;
  /** When the quorum was reached or the policy applied; null while it waits. */
  approvedAtMs: number | null;
  /** The number the next start gets. Grows only when a person orders another start. */
  startNo: number;
  start: StartRecord | null;
  execution: ExecutionRecord | null;
  /** Executions that StackStorm's own retry policy has followed up with the present one, oldest first. */
  attempts?: readonly string[];
  /** Further executions of the very same request: a double start, of which people were told. */
  doubles?: readonly string[];
  /** While it is unknown whether it started: what on StackStorm could be it. */
  candidates?: readonly Candidate[];
  /** What a person wants of the run and StackStorm has not confirmed; null or absent when nothing. */
  control?: ControlRecord | null;
  /** When the watchdog told people that the execution does not move. */
  stuckToldAtMs: number | null;
  retryOf?: string;
  /** Present where the engine runs an ended run once more, in the place of a start of the task's own. */
  rerunOf?: RerunOf;
  /** Of a retry with other parameters: which they are. */
  changed?: readonly ParamChange[];
  /** Where the rule coalesces: how many events the throttle held back since the task before. */
  coalesced?: number;
  /** How deep in a chain of `whale.task.ended` it is, and by what it was caused. */
  depth: number;
  causes: string[];
  proof: "unverified" | "verified" | "not_helped";
  history: HistoryLine[];
}

import type { Json, JsonObject } from "../ids/index.ts";
import { hashOf } from "../ids/index.ts";
import type { People } from "../people/people.ts";
import type { SharedBucket } from "../throttle/shared.ts";
import type { Schedule } from "../windows/schedule.ts";

export const OPERATORS = [
  "equals",
  "nequals",
  "contains",
  "startswith",
  "endswith",
  "greaterthan",
  "lessthan",
  "regex",
  "inside",
  "ninside",
  "exists",
  "nexists",
] as const;
/** What a feature may test; the names are StackStorm's. */
export type Operator = (typeof OPERATORS)[number];

/** One test in a rule's pipeline. An event must pass all, in order. */
export interface Feature {
  /** Dotted path below the event, for example `detail.usage`. */
  path: string;
  op: Operator;
  /** What to compare with; absent for `exists` and `nexists`. */
  value?: Json;
}

/** A token bucket per rendered key: so many tasks per unit of time. */
export interface ThrottleSpec {
  /** Template of the key. */
  key: string;
  /** Tokens that come back per `perMs`. */
  limit: number;
  perMs: number;
  /** The most tokens a bucket holds. */
  burst: number;
  /** Whether the next task's card says how many events were held back before it. */
  coalesce?: boolean;
}

/** The human gate of a rule's tasks, or the policy that stands for one. */
export type ApprovalSpec = PeopleApproval | { mode: "policy"; policy: string };

export interface PeopleApproval {
  mode: "people";
  from: People;
  /** How many distinct people must approve. */
  need: number;
  /** How long the card may stay unanswered, from the moment WeCom took it. */
  timeoutMs: number;
  onTimeout: "reject" | "escalate";
  /** Others who are asked as well when nobody has decided `afterMs` after the asking. */
  escalate?: { to: People; afterMs: number };
}

/** One line that a card shows; the value is a template. */
export interface CardRow {
  label: string;
  value: string;
}

/** An action that a card offers beside the rule's own. */
export interface Offer {
  id: string;
  title: string;
  action: string;
  params: JsonObject;
  approval: ApprovalSpec;
}

/** Where a task's end is told, and what of the result is shown. */
export interface ReportSpec {
  to?: People;
  /** A name in groups.yaml. */
  group?: string;
  /** Templates over the event plus `result`; a row that cannot be rendered is left out. */
  rows: CardRow[];
}

export const ON_RECOVERY = ["cancel", "keep"] as const;
/** `cancel` withdraws what has not begun to start; `keep` leaves it to the people who were asked. */
export type OnRecovery = (typeof ON_RECOVERY)[number];

/** A rule as its file says it, checked and with its defaults filled in. */
export interface Rule {
  id: string;
  title: string;
  /** Event types it reads. */
  on: readonly string[];
  business: string;
  /** Who looks after the rule, and hears when its file cannot be taken. No part of what an approval is bound to. */
  owner?: People;
  /** When it is at work; always when absent. */
  schedule?: Schedule;
  features: readonly Feature[];
  action: string;
  /** Templates of what the action touches. */
  targets: readonly string[];
  params: JsonObject;
  throttle?: ThrottleSpec;
  /** Buckets of throttles.yaml of which a task needs a token each, beside its own. */
  shared?: readonly SharedBucket[];
  /** Path of a list in the event: one task for each of its elements. Absent: one task. */
  forEach?: string;
  approval: ApprovalSpec;
  offers: readonly Offer[];
  report: ReportSpec;
  card: { rows: readonly CardRow[]; text?: string };
  /** Older events get the verdict `stale`, by `receivedAt` against now. */
  maxAgeMs: number;
  /** An approved task that could not be started within this is given up. */
  startWithinMs: number;
  /** Whether a repeat of an open incident makes a task again. */
  repeats: boolean;
  /** What the recovery of its incident does to a task that still waits. No part of what an approval is bound to. */
  onRecovery: OnRecovery;
  /** How often one (rule, subject) may come back through `whale.task.ended`. */
  maxRounds: number;
}

/** Digest of what an approval is bound to in a rule: its action, params, targets, routing and approval. */
export const ruleDigest = once((rule) => {
  const { action, params, targets, business, approval, startWithinMs } = rule;
  return hashOf({ action, params, targets, business, approval, startWithinMs });
});

/** Digest of the whole rule: the version that verdicts name. */
export const ruleVersion = once((rule) => hashOf(rule).slice(0, 16));

/** Asked for every task, but a rule never changes: a new file makes a new rule. */
function once(digest: (rule: Rule) => string): (rule: Rule) => string {
  const known = new WeakMap<Rule, string>();
  return (rule) => {
    const found = known.get(rule) ?? digest(rule);
    known.set(rule, found);
    return found;
  };
}

import { approvalIdentity, type PeopleApproval } from "../approvals/approval.ts";
import type { Choice } from "../approvals/choices.ts";
import type { PackNeed } from "../clusters/pack-need.ts";
import type { Json, JsonObject } from "../ids/index.ts";
import { hashOf } from "../ids/index.ts";
import type { People } from "../people/people.ts";
import type { SharedBucket } from "../throttle/shared.ts";
import type { Schedule } from "../windows/schedule.ts";
import type { Operator, ShortForm } from "./operator-names.ts";

/** Which items of a list a test must hold for. */
export const ITEM_QUANTIFIERS = ["any", "all", "none"] as const;
export type ItemQuantifier = (typeof ITEM_QUANTIFIERS)[number];

/** What `search` asks for: of which items (`any`, `all`), and whether all features of one or one of them. */
export const SEARCH_CONDITIONS = ["any", "all", "any2any", "all2any"] as const;
export type SearchCondition = (typeof SEARCH_CONDITIONS)[number];

/** One test in a rule's pipeline. An event must pass all, in order. */
export interface Feature {
  /** Dotted path below the event, for example `detail.usage`; below `item` inside `search`. */
  path: string;
  op: Operator | ShortForm;
  /** What to compare with; absent for `exists` and `nexists`. Of `search`, features over `item`. */
  value?: Json;
  /** The path gives a list, and the test is made of its items. */
  items?: ItemQuantifier;
  /** Of `search` alone; `any` when absent. */
  condition?: SearchCondition;
}

/** Features of which one, all, or not this one must hold. */
export type FeatureGroup =
  | { any: readonly FeatureNode[] }
  | { all: readonly FeatureNode[] }
  | { not: FeatureNode };

/** A test or a group of them. */
export type FeatureNode = Feature | FeatureGroup;

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

export const RULE_MODES = ["live", "shadow"] as const;
/** A `shadow` rule is judged and recorded like any other, but makes no task, takes no token and asks nobody. */
export type RuleMode = (typeof RULE_MODES)[number];

/** A rule as its file says it, checked and with its defaults filled in. */
export interface Rule {
  id: string;
  title: string;
  /** Event types it reads. */
  on: readonly string[];
  business: string;
  /** Who looks after the rule, and hears when its file cannot be taken. No part of what an approval is bound to. */
  owner?: People;
  /** Absent: live. No part of what an approval is bound to. */
  mode?: RuleMode;
  /** When it is at work; always when absent. */
  schedule?: Schedule;
  features: readonly FeatureNode[];
  action: string;
  /** What the action's cluster must have of packs; absent when nothing. */
  packs?: readonly PackNeed[];
  /** Templates of what the action touches. */
  targets: readonly string[];
  params: JsonObject;
  /** Parameters that whoever approves chooses; absent when none. */
  choices?: readonly Choice[];
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
  const { action, params, targets, business, approval, startWithinMs, choices, packs } = rule;
  const bound = { action, params, targets, business, approval: approvalIdentity(approval), startWithinMs };
  return hashOf({ ...bound, ...(choices ? { choices } : {}), ...(packs ? { packs } : {}) });
});

/** Digest of the whole rule: the version that verdicts name. */
export const ruleVersion = once((rule) => {
  const offers = rule.offers.map((offer) => ({ ...offer, approval: approvalIdentity(offer.approval) }));
  return hashOf({ ...rule, approval: approvalIdentity(rule.approval), offers }).slice(0, 16);
});

/** Asked for every task, but a rule never changes: a new file makes a new rule. */
function once(digest: (rule: Rule) => string): (rule: Rule) => string {
  const known = new WeakMap<Rule, string>();
  return (rule) => {
    const found = known.get(rule) ?? digest(rule);
    known.set(rule, found);
    return found;
  };
}

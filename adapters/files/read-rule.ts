import type { Choice } from "../../core/approvals/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import type { FeatureNode, Offer, ReportSpec, Rule } from "../../core/rules/index.ts";
import type { SharedBucket } from "../../core/throttle/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import { peopleOf, readApproval } from "./read-approval.ts";
import { needsOf } from "./read-routing.ts";
import { readSchedule } from "./read-window.ts";
import type { ChoiceFile, OfferFile, RuleFile, ThrottlesFile } from "./schema.ts";

/** What a rule's file leaves out. */
export const RULE_DEFAULTS = {
  maxAge: "1h",
  startWithin: "1h",
  repeats: false,
  onRecovery: "keep",
  maxRounds: 3,
} as const;

/** A checked file as a rule, with its defaults filled in. */
export function readRule(file: RuleFile, buckets: ReadonlyMap<string, SharedBucket>): Rule {
  return {
    id: file.id,
    title: file.title,
    on: file.on,
    business: file.business,
    ...(file.owner ? { owner: peopleOf(file.owner) } : {}),
    ...(file.mode === "shadow" ? { mode: file.mode } : {}),
    ...(file.schedule ? { schedule: readSchedule(file.schedule) } : {}),
    features: (file.features ?? []) as FeatureNode[],
    action: file.action,
    ...needsOf(file.packs),
    targets: file.targets ?? [],
    params: (file.params ?? {}) as JsonObject,
    ...(file.choices ? { choices: file.choices.map(choiceOf) } : {}),
    ...throttleOf(file.throttle ?? {}, buckets),
    ...(file.forEach === undefined ? {} : { forEach: file.forEach }),
    approval: readApproval(file.approval),
    offers: (file.offers ?? []).map(offerOf),
    report: reportOf(file.report ?? {}),
    card: { rows: file.card?.rows ?? [], ...(file.card?.text === undefined ? {} : { text: file.card.text }) },
    maxAgeMs: msOf(file.maxAge ?? RULE_DEFAULTS.maxAge),
    startWithinMs: msOf(file.startWithin ?? RULE_DEFAULTS.startWithin),
    repeats: file.repeats ?? RULE_DEFAULTS.repeats,
    onRecovery: file.onRecovery ?? RULE_DEFAULTS.onRecovery,
    maxRounds: file.maxRounds ?? RULE_DEFAULTS.maxRounds,
  };
}

function throttleOf(
  { key, limit, per, burst, coalesce, shared }: NonNullable<RuleFile["throttle"]>,
  buckets: ReadonlyMap<string, SharedBucket>,
): Pick<Rule, "throttle" | "shared"> {
  const rule: Pick<Rule, "throttle" | "shared"> = {};
  if (key !== undefined && limit !== undefined && per !== undefined) {
    const own = { key, limit, perMs: msOf(per), burst: burst ?? limit };
    rule.throttle = coalesce ? { ...own, coalesce } : own;
  }
  // With its numbers, so that another budget makes another version of the rule.
  const named = shared?.map((name) => buckets.get(name)).filter((bucket) => bucket !== undefined);
  return named ? { ...rule, shared: named } : rule;
}

/** The buckets of a checked throttles.yaml, by name. */
export function readSharedBuckets(file: ThrottlesFile): Map<string, SharedBucket> {
  const buckets = Object.entries(file).map(([name, { by, limit, per, burst }]): SharedBucket => {
    return { name, by: by ?? "all", limit, perMs: msOf(per), burst: burst ?? limit };
  });
  return new Map(buckets.map((bucket) => [bucket.name, bucket]));
}

/** What is dangerous has been checked, and is of no use later. */
function choiceOf({ name, title, options, preselected }: ChoiceFile): Choice {
  return {
    ...{ name, title },
    options: options.map(({ id, text, value }) => ({ id, text, value: value as Json })),
    ...(preselected === undefined ? {} : { preselected }),
  };
}

function offerOf(file: OfferFile): Offer {
  const { id, title, action, params, approval } = file;
  return { id, title, action, params: (params ?? {}) as JsonObject, approval: readApproval(approval) };
}

function reportOf(file: NonNullable<RuleFile["report"]>): ReportSpec {
  return {
    ...(file.to ? { to: peopleOf(file.to) } : {}),
    ...(file.group === undefined ? {} : { group: file.group }),
    rows: file.rows ?? [],
  };
}

/** Durations are checked before a file is read as a rule. */
function msOf(text: string): number {
  return parseDuration(text) ?? 0;
}

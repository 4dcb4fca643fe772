import { approvalIdentity } from "../approvals/approval.ts";
import { startParams } from "../approvals/choices.ts";
import { allowedClusters, type Cluster } from "../clusters/cluster.ts";
import type { WhaleEvent } from "../events/event.ts";
import {
  hashOf,
  offerTaskId,
  recurredTaskId,
  renewedTaskId,
  replayTaskId,
  retryTaskId,
  taskId,
} from "../ids/index.ts";
import { type Offer, type Rule, ruleDigest, ruleVersion } from "../rules/rule.ts";
import { grantDigest, grantFor, type RunGrant } from "../runs/grant.ts";
import { type Basis, briefOf, build, type Making, type NewTask, type Rendered } from "./build.ts";
import type { Origin } from "./origin.ts";
import type { RetryPlan } from "./retry-plan.ts";
import type { OfferSnapshot, Task } from "./task.ts";

export type { NewTask, Rendered } from "./build.ts";

/** How a rule comes to judge an event. */
export type RuleOrigin = Extract<Origin, { kind: "rule" | "replay" | "renewed" }>;

/**
 * The task that a rule makes of an event, or of one element of a list in it. The same rule, event and place give
 * the same id, in each replay another, and another again where an approval was void, or where the event has
 * `recurred`: it has the id of an earlier one that is forgotten.
 */
export function taskOfRule(
  rule: Rule,
  event: WhaleEvent,
  { index, rendered }: { index: number; rendered: Rendered },
  making: Making & { origin?: RuleOrigin; recurred?: boolean },
): NewTask {
  const { origin = { kind: "rule" }, recurred = false } = making;
  const place = { rule: rule.id, index };
  const base: Basis = {
    id: recurred ? recurredTaskId(event, place) : idOf(origin, event.id, place),
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
  if (origin.kind === "offer" || origin.kind === "retry" || origin.kind === "run") return null;
  return { kind: "renewed", of: id, by: origin.kind === "rule" ? null : origin.by };
}

/** The digest that an offer's tasks are bound to. */
export function offerDigest(rule: Rule, offer: Offer): string {
  const { id, action, params } = offer;
  const approval = approvalIdentity(offer.approval);
  return hashOf({ rule: rule.id, business: rule.business, offer: { id, action, params, approval } });
}

/** What tasks come from, as it is in force. */
export interface TaskSources {
  rules: readonly Rule[];
  grants: readonly RunGrant[];
}

/** The digest that a task's approval is bound to, as things are now; null when its rule, offer or grant is gone. */
export function currentDigest({ rules, grants }: TaskSources, task: Task): string | null {
  if (grantOf(task.origin) !== undefined) {
    const grant = grantFor(grants, task.action);
    return grant && grantDigest(grant, task.action);
  }
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

function grantOf(origin: Origin): string | undefined {
  return origin.kind === "run" || origin.kind === "retry" ? origin.grant : undefined;
}

/**
 * The nth task that a person asks for to run an ended one once more, as it was or as planned: it has to be approved as
 * the first had, though not by that person alone.
 */
export function taskOfRetry(
  ended: Task,
  facts: Making & { by: string; key: string; n: number; plan?: RetryPlan },
): NewTask {
  const { by, key, n, plan = {} } = facts;
  const [offer, grant] = [offerOf(ended.origin), grantOf(ended.origin)];
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
      ...(grant === undefined ? {} : { grant }),
    },
    ruleVersion: version,
    ruleDigest: digest,
    forEachIndex: 0,
    ...{ ruleId, title, business, action, event, startWithinMs, params, targets, clusters, approval, report },
    ...(ended.choices ? { choices: ended.choices } : {}),
    ...(ended.secretParams ? { secretParams: ended.secretParams } : {}),
    ...(ended.reserve ? { reserve: ended.reserve } : {}),
    ...(ended.packs ? { packs: ended.packs } : {}),
    ...(ended.notify && !plan.rerunOf ? { notify: ended.notify } : {}),
    ...planned(ended, plan),
    rows: ended.cardRows,
    ...(ended.cardText === undefined ? {} : { text: ended.cardText }),
    offers: [],
  };
  const { task, effects } = build(basis, facts);
  return { task: { ...task, retryOf: ended.id }, effects };
}

/** What a plan makes different. Who chooses one cluster has no other and no reserve. */
function planned(ended: Task, { rerunOf, content, cluster }: RetryPlan): Partial<Basis> {
  if (rerunOf) {
    // The engine takes what the run had: what was chosen then is chosen.
    return { rerunOf, params: startParams(ended), choices: [], clusters: [rerunOf.cluster], reserve: [] };
  }
  return {
    ...(content?.changed.length ? content : {}),
    ...(cluster === undefined ? {} : { clusters: [cluster], reserve: [] }),
  };
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
    ...(offer.packs ? { packs: offer.packs } : {}),
    approval: offer.approval,
    rows: [],
    offers: [],
  };
  return build(base, facts);
}

import { allowedClusters, type Cluster } from "../clusters/cluster.ts";
import type { WhaleEvent } from "../events/event.ts";
import type { Scope } from "../params/template.ts";
import type { Rendered } from "../tasks/make.ts";
import type { TakeRequest } from "../throttle/bucket.ts";
import type { CompiledRule } from "./compile-rule.ts";
import { GATES, type GateContext, type Held } from "./gates.ts";
import {
  type PolicyContext,
  type RenderedWork,
  renderOffers,
  renderRows,
  renderWork,
  resolveApproval,
} from "./render-rule.ts";
import type { Rule } from "./rule.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Verdict } from "./verdict.ts";

/** What judging asks beside the event and the rules. */
export interface JudgeContext extends GateContext, PolicyContext {
  clusters: readonly Cluster[];
}

/** What one rule says about one event. */
export type Judgement =
  | { outcome: "held"; verdict: Verdict }
  | {
      outcome: "fires";
      rule: Rule;
      version: string;
      digest: string;
      /** `fired`, still without the task's id and the throttle's answer. */
      verdict: Verdict;
      /** The rendered key of the rule's throttle; undefined when it has none. */
      throttleKey: string | undefined;
      rendered: Rendered;
    };

/**
 * Judges one event by the rules that name its type, in the order of the set: by those whose features it passes
 * and those of which its trace tells (`Matcher.trace`). What other rules say is `feature_failed` or an earlier
 * gate's reason, and `judgeOne` finds it again. Pure: the same event, rules and context give the same answer.
 * Checks are made in the order of `GATES`, then params, clusters, policy; the first that fails gives the
 * reason. The throttle is the caller's, because it has a memory.
 */
export function judge(set: RuleSet, event: WhaleEvent, context: JudgeContext): Judgement[] {
  const traced = set.matchers.get(event.type)?.trace(event) ?? [];
  return traced.map(({ rule, failed }) => judgeOne(rule, event, { ...context, failed }));
}

/** Judges one event by one rule, whatever types the rule names. */
export function judgeOne(compiled: CompiledRule, event: WhaleEvent, context: JudgeContext): Judgement {
  for (const gate of GATES) {
    const reason = gate(compiled, event, context);
    if (reason) return held(compiled, event, reason);
  }
  const scope = ruleScope(event);
  const work = renderWork(compiled, scope);
  if (work.outcome === "failed") {
    return held(compiled, event, { reason: "params_failed", message: `${work.path}: ${work.message}` });
  }
  return routed(compiled, event, { scope, work: work.value, context });
}

/** The token that a task of a rule needs, or null when the rule has no throttle. */
export function takeOf(
  { rule, throttleKey }: Extract<Judgement, { outcome: "fires" }>,
  { grantId, atMs }: Pick<TakeRequest, "grantId" | "atMs">,
): TakeRequest | null {
  if (!rule.throttle || throttleKey === undefined) return null;
  const { limit, perMs, burst } = rule.throttle;
  return { grantId, key: `${rule.id}:${throttleKey}`, limit, perMs, burst, atMs };
}

/** What a rule's templates read: the event's fields, and its type by the name that senders use. */
export function ruleScope(event: WhaleEvent): Scope {
  return { ...event, event_type: event.type };
}

interface Course {
  scope: Scope;
  work: RenderedWork;
  context: JudgeContext;
}

function routed(compiled: CompiledRule, event: WhaleEvent, course: Course): Judgement {
  const { rule } = compiled;
  const clusters = allowedClusters(course.context.clusters, rule.business);
  if (clusters.length === 0) {
    const message = `no cluster serves the business ${rule.business}`;
    return held(compiled, event, { reason: "no_allowed_cluster", message });
  }
  const gate = resolveApproval(rule.approval, rule.action, course.context);
  if (gate.outcome === "void") {
    return held(compiled, event, { reason: "policy_void", message: gate.message });
  }
  return fires(compiled, event, { ...course, clusters, approval: gate.approval });
}

function fires(
  compiled: CompiledRule,
  event: WhaleEvent,
  course: Course & Pick<Rendered, "clusters" | "approval">,
): Judgement {
  const { rule, version, digest } = compiled;
  const { scope, work, context, clusters, approval } = course;
  const { params, targets, throttleKey } = work;
  const text = compiled.text?.renderText(scope);
  const rendered: Rendered = {
    params,
    targets,
    clusters,
    approval,
    rows: renderRows(compiled.rows, scope),
    ...(text?.outcome === "rendered" ? { text: text.value } : {}),
    offers: renderOffers(compiled, scope, context),
  };
  const verdict = verdictOf(compiled, event, "fired", { reason: "fired" });
  return { outcome: "fires", rule, version, digest, verdict, throttleKey, rendered };
}

/** What a rule says of a recovery that took back tasks of its own. */
export function recoveredVerdict(compiled: CompiledRule, recovery: WhaleEvent, withdrawn: string[]): Verdict {
  return { ...verdictOf(compiled, recovery, "held", { reason: "recovered" }), withdrawn };
}

function held(compiled: CompiledRule, event: WhaleEvent, why: Held): Judgement {
  return { outcome: "held", verdict: verdictOf(compiled, event, "held", why) };
}

function verdictOf(
  compiled: CompiledRule,
  event: WhaleEvent,
  outcome: Verdict["outcome"],
  why: Held,
): Verdict {
  return {
    eventId: event.id,
    ruleId: compiled.rule.id,
    ruleVersion: compiled.version,
    outcome,
    at: event.receivedAt,
    ...why,
  };
}

import { fitChoices } from "../actions/choices.ts";
import { type ActionLookup, fitParams } from "../actions/rule-params.ts";
import type { Cluster } from "../clusters/cluster.ts";
import { joinedNeeds } from "../clusters/pack-need.ts";
import { type Route, type Routed, type Work as RoutedWork, routed } from "../clusters/route.ts";
import type { WhaleEvent } from "../events/event.ts";
import { type Masking, NO_MASKING } from "../pages/masked.ts";
import { type Secrecy, showingRuns } from "../pages/secrets.ts";
import type { Scope } from "../params/template.ts";
import type { Rendered } from "../tasks/make.ts";
import type { BucketSpec, TakeRequest } from "../throttle/bucket.ts";
import { sharedSpecs } from "../throttle/shared.ts";
import type { CompiledRule } from "./compile-rule.ts";
import { scopesOf } from "./elements.ts";
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
import { wouldDo } from "./shadow.ts";
import type { ElementVerdict, Verdict } from "./verdict.ts";

/** What judging asks beside the event and the rules. */
export interface JudgeContext extends GateContext, PolicyContext {
  clusters: readonly Cluster[];
  /** Which of them tasks go to; none: by their business alone. */
  routes?: readonly Route[];
  /** What is known of actions; parameters are cast by it. */
  actions?: ActionLookup;
  /** What else is known to be secret of what a rule would run; what its action says alone when absent. */
  masking?: Masking;
}

/** One task that a rule would make. */
export interface Firing {
  /** The place of its element in the rule's `forEach`; 0 without one. */
  index: number;
  /** The rendered key of the rule's throttle; undefined when it has none. */
  throttleKey: string | undefined;
  rendered: Rendered;
}

/** What one rule says about one event. */
export type Judgement =
  | { outcome: "held"; verdict: Verdict }
  | {
      outcome: "fires";
      rule: Rule;
      version: string;
      digest: string;
      /** `fired`, still without the tasks' ids and the throttle's answers. */
      verdict: Verdict;
      /** At least one; with `forEach` one for each element that could be rendered. */
      firings: readonly [Firing, ...Firing[]];
      /** The elements that could not be rendered. */
      unfit: readonly ElementVerdict[];
    };

/**
 * Judges one event by the rules that name its type, in the order of the set: by those whose features it passes
 * and those of which its trace tells (`Matcher.trace`). What other rules say is `feature_failed` or an earlier
 * gate's reason, and `judgeOne` finds it again. Pure: the same event, rules and context give the same answer.
 * Checks are made in the order of `GATES`, then params, clusters, policy, shadow; the first that fails gives the
 * reason. The throttle is the caller's, because it has a memory.
 */
export function judge(set: RuleSet, event: WhaleEvent, context: JudgeContext): Judgement[] {
  const traced = set.matchers.get(event.type)?.trace(event) ?? [];
  return traced.map(({ rule, failed }) => judgeOne(rule, event, { ...context, failed }));
}

/** Judges one event by one rule, whatever types the rule names. */
export function judgeOne(compiled: CompiledRule, event: WhaleEvent, context: JudgeContext): Judgement {
  const decision = decide(compiled, event, context);
  if (decision.outcome === "held") return held(compiled, event, decision.why);
  return fires(compiled, event, { ...decision, context });
}

/** What a rule comes to, without what its cards would show: why it makes no task, or what its tasks would be. */
export type Decision =
  | { outcome: "held"; why: Held }
  | {
      outcome: "fires";
      /** At least one, in the order of their elements. */
      works: readonly [Work, ...Work[]];
      /** The elements that could not be rendered. */
      unfit: readonly ElementVerdict[];
      /** Where the tasks may run. */
      where: Routed;
      approval: Rendered["approval"];
    };

/** As `judgeOne`, for who only counts: nothing is rendered but what decides. */
export function decide(compiled: CompiledRule, event: WhaleEvent, context: JudgeContext): Decision {
  for (const gate of GATES) {
    const why = gate(compiled, event, context);
    if (why) return { outcome: "held", why };
  }
  const scopes = scopesOf(compiled, event);
  if (scopes.outcome === "held") return scopes;
  const where = routed(context, workOf(compiled.rule, event));
  const { clusters } = where;
  const { works, unfit } = worksOf(compiled, scopes.scopes, { clusters, actions: context.actions });
  const [first, ...others] = works;
  if (!first) {
    return { outcome: "held", why: { reason: "params_failed", message: unfit[0]?.message ?? "" } };
  }
  return gated(compiled, { works: [first, ...others], unfit, where }, context);
}

function workOf({ business, action }: Pick<Rule, "business" | "action">, event: WhaleEvent): RoutedWork {
  return { business, action, event };
}

/** The token that a task of a rule needs, of its own bucket and of shared ones; null when it needs none. */
export function takeOf(
  { rule }: { rule: Rule },
  { throttleKey, rendered }: Pick<Firing, "throttleKey"> & { rendered: Pick<Rendered, "clusters"> },
  { grantId, atMs }: Pick<TakeRequest, "grantId" | "atMs">,
): TakeRequest | null {
  const { throttle, shared = [], business } = rule;
  const asked: BucketSpec[] = [];
  if (throttle && throttleKey !== undefined) {
    const { limit, perMs, burst } = throttle;
    asked.push({ key: `${rule.id}:${throttleKey}`, limit, perMs, burst });
  }
  const task = { business, clusters: rendered.clusters };
  asked.push(...shared.flatMap((bucket) => sharedSpecs(bucket, task)));
  const [first, ...also] = asked;
  if (!first) return null;
  return { grantId, ...first, atMs, ...(also.length > 0 ? { also } : {}) };
}

/** One task as far as it decides. */
export interface Work {
  /** The place of its element in the rule's `forEach`; 0 without one. */
  index: number;
  scope: Scope;
  work: RenderedWork;
}

interface Works {
  works: readonly Work[];
  unfit: readonly ElementVerdict[];
}

function worksOf(
  compiled: CompiledRule,
  scopes: readonly Scope[],
  known: { clusters: readonly string[]; actions: ActionLookup | undefined },
): Works {
  const works: Work[] = [];
  const unfit: ElementVerdict[] = [];
  for (const [index, scope] of scopes.entries()) {
    const work = fitted(compiled, renderWork(compiled, scope), known);
    if (work.outcome === "rendered") works.push({ index, scope, work: work.value });
    else {
      const message = `${work.path}: ${work.message}`;
      unfit.push({ index, outcome: "held", reason: "params_failed", message });
    }
  }
  return { works, unfit };
}

function fitted(
  { rule }: CompiledRule,
  work: ReturnType<typeof renderWork>,
  { clusters, actions }: { clusters: readonly string[]; actions: ActionLookup | undefined },
): ReturnType<typeof renderWork> {
  if (work.outcome === "failed") return work;
  const fit = fitChoices(rule.choices ?? [], work.value.params, (params) => {
    return fitParams(actions, { action: rule.action, clusters }, params);
  });
  if (fit.outcome === "misfits") return { outcome: "failed", path: fit.path, message: fit.message };
  return { outcome: "rendered", value: { ...work.value, ...fit.value } };
}

function gated(
  { rule }: CompiledRule,
  found: Omit<Extract<Decision, { outcome: "fires" }>, "outcome" | "approval">,
  context: JudgeContext,
): Decision {
  if (found.where.clusters.length === 0) {
    const by = found.where.route === null ? "" : `, by the route ${found.where.route}`;
    const message = `no cluster serves the business ${rule.business}${by}`;
    return { outcome: "held", why: { reason: "no_allowed_cluster", message } };
  }
  const gate = resolveApproval(rule.approval, rule.action, context);
  if (gate.outcome === "void") {
    return { outcome: "held", why: { reason: "policy_void", message: gate.message } };
  }
  return { outcome: "fires", ...found, approval: gate.approval };
}

type Course = Extract<Decision, { outcome: "fires" }> & { context: JudgeContext };

function fires(compiled: CompiledRule, event: WhaleEvent, course: Course): Judgement {
  const { rule, version, digest } = compiled;
  const [first, ...others] = course.works;
  const firing = (work: Work) => firingOf(compiled, { ...work, event }, course);
  const firings: [Firing, ...Firing[]] = [firing(first), ...others.map(firing)];
  if (rule.mode === "shadow") {
    const would = wouldDo(rule, firings, showingRuns(secrecyOf(course.context)));
    return held(compiled, event, { reason: "shadow", would });
  }
  const verdict = verdictOf(compiled, event, "fired", { reason: "fired" });
  return { outcome: "fires", rule, version, digest, verdict, firings, unfit: course.unfit };
}

function secrecyOf({ actions = () => undefined, masking = NO_MASKING }: JudgeContext): Secrecy {
  return { actions, masking };
}

function firingOf(
  compiled: CompiledRule,
  { index, scope, work, event }: Work & { event: WhaleEvent },
  { where, approval, context }: Pick<Course, "where" | "approval" | "context">,
): Firing {
  const { clusters, reserve } = where;
  const { params, choices, targets, throttleKey } = work;
  const packs = joinedNeeds(compiled.rule.packs, where.packs);
  const text = compiled.text?.renderText(scope);
  const rendered: Rendered = {
    ...{ params, targets, clusters, approval },
    ...(choices ? { choices } : {}),
    rows: renderRows(compiled.rows, scope),
    ...(text?.outcome === "rendered" ? { text: text.value } : {}),
    ...(reserve.length > 0 ? { reserve } : {}),
    ...(packs ? { packs } : {}),
    offers: renderOffers(compiled, scope, {
      ...context,
      whereOf: (action) => routed(context, workOf({ business: compiled.rule.business, action }, event)),
    }),
  };
  return { index, throttleKey, rendered };
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

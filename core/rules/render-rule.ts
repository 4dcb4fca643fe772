import { type ActionLookup, fitParams } from "../actions/rule-params.ts";
import type { Choice } from "../approvals/choices.ts";
import type { Routed } from "../clusters/route.ts";
import type { JsonObject } from "../ids/index.ts";
import { findServerTemplate } from "../params/server-template.ts";
import type { Scope, Template } from "../params/template.ts";
import { type Policy, type PolicyFault, policyFault } from "../policies/policy.ts";
import type { ApprovalSnapshot, OfferSnapshot } from "../tasks/task.ts";
import type { CompiledRow, CompiledRule } from "./compile-rule.ts";
import type { ApprovalSpec, CardRow } from "./rule.ts";

/** Longest rendered throttle key, in characters: it names a bucket that is stored. */
export const MAX_THROTTLE_KEY_CHARS = 256;

/** What the event was rendered into, and must be, for a task to exist. */
export interface RenderedWork {
  params: JsonObject;
  /** In the types that the action wants; absent when there is nothing to choose. */
  choices?: readonly Choice[];
  targets: string[];
  throttleKey: string | undefined;
}

type Part<T> = { outcome: "rendered"; value: T } | { outcome: "failed"; path: string; message: string };

/** Params, targets and throttle key, or the first that could not be rendered or must not be sent. */
export function renderWork(compiled: CompiledRule, scope: Scope): Part<RenderedWork> {
  const params = compiled.params.render(scope);
  if (params.outcome === "failed") return fail(`params.${params.path}`, params.message);
  const marked = findServerTemplate(params.value);
  if (marked !== null) return fail(`params.${marked}`, SERVER_TEMPLATE);
  const targets = renderTargets(compiled.targets, scope);
  if (targets.outcome === "failed") return targets;
  const key = renderKey(compiled.throttleKey, scope);
  if (key.outcome === "failed") return key;
  return {
    outcome: "rendered",
    value: { params: params.value, targets: targets.value, throttleKey: key.value },
  };
}

const SERVER_TEMPLATE =
  "含有 {{ 或 {%，StackStorm 会把它当模板执行 (holds {{ or {%, which StackStorm would render)";

function fail(path: string, message: string): { outcome: "failed"; path: string; message: string } {
  return { outcome: "failed", path, message };
}

/** A target that renders to a list stands for as many targets. */
function renderTargets(templates: readonly Template[], scope: Scope): Part<string[]> {
  const targets: string[] = [];
  for (const [index, template] of templates.entries()) {
    const path = `targets.${index}`;
    const rendered = template.render(scope);
    if (rendered.outcome === "failed") return fail(path, rendered.message);
    for (const value of Array.isArray(rendered.value) ? rendered.value : [rendered.value]) {
      if (typeof value !== "string" && typeof value !== "number")
        return fail(path, "不是文本 (is not a text)");
      const target = String(value).trim();
      if (target === "") return fail(path, "是空的 (is empty)");
      if (findServerTemplate(target) !== null) return fail(path, SERVER_TEMPLATE);
      targets.push(target);
    }
  }
  return { outcome: "rendered", value: targets };
}

function renderKey(template: Template | undefined, scope: Scope): Part<string | undefined> {
  if (!template) return { outcome: "rendered", value: undefined };
  const rendered = template.renderText(scope);
  if (rendered.outcome === "failed") return fail("throttle.key", rendered.message);
  if (rendered.value.length > MAX_THROTTLE_KEY_CHARS) {
    return fail(
      "throttle.key",
      `超过 ${MAX_THROTTLE_KEY_CHARS} 个字符 (is longer than ${MAX_THROTTLE_KEY_CHARS} characters)`,
    );
  }
  return rendered;
}

/** Card rows with their values; a row that cannot be rendered is left out. */
export function renderRows(rows: readonly CompiledRow[], scope: Scope): CardRow[] {
  const shown: CardRow[] = [];
  for (const { label, value } of rows) {
    const rendered = value.renderText(scope);
    if (rendered.outcome === "rendered") shown.push({ label, value: rendered.value });
  }
  return shown;
}

/** Where policies are looked up, and the instant they must be good at. */
export interface PolicyContext {
  nowMs: number;
  policies: readonly Policy[];
}

const POLICY_FAULTS: Readonly<Record<PolicyFault, string>> = {
  policy_digest_differs: "批准后被改动过 (edited after its approval)",
  policy_expired: "已到期 (has expired)",
  policy_not_yet: "尚未生效 (not in force yet)",
  policy_not_for_action: "不包括这个动作 (does not name this action)",
};

/** The gate of one action as a task carries it, or why the policy that stands for one is void. */
export function resolveApproval(
  approval: ApprovalSpec,
  action: string,
  context: PolicyContext,
): { outcome: "resolved"; approval: ApprovalSnapshot } | { outcome: "void"; message: string } {
  if (approval.mode === "people") return { outcome: "resolved", approval };
  const policy = context.policies.find(({ id }) => id === approval.policy);
  if (!policy)
    return { outcome: "void", message: `策略 ${approval.policy} 不存在 (there is no such policy)` };
  const fault = policyFault(policy, action, context.nowMs);
  if (fault) return { outcome: "void", message: `策略 policy ${policy.id}: ${POLICY_FAULTS[fault]}` };
  return { outcome: "resolved", approval: { mode: "policy", policy } };
}

/** Offers as a task carries them; one that cannot be rendered, sent or granted is left out. */
export function renderOffers(
  compiled: CompiledRule,
  scope: Scope,
  context: PolicyContext & { actions?: ActionLookup; whereOf: (action: string) => Routed },
): OfferSnapshot[] {
  const offers: OfferSnapshot[] = [];
  for (const { offer, params } of compiled.offers) {
    const rendered = params.render(scope);
    if (rendered.outcome === "failed" || findServerTemplate(rendered.value) !== null) continue;
    const { id, title, action } = offer;
    const gate = resolveApproval(offer.approval, action, context);
    if (gate.outcome === "void") continue;
    const { clusters, reserve, packs } = context.whereOf(action);
    const fit = fitParams(context.actions, { action, clusters }, rendered.value);
    if (fit.outcome === "misfits") continue;
    const where = {
      clusters,
      ...(reserve.length > 0 ? { reserve } : {}),
      ...(packs ? { packs } : {}),
    };
    offers.push({ id, title, action, params: fit.value, approval: gate.approval, ...where });
  }
  return offers;
}

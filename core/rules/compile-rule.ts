import { errorText } from "../errors.ts";
import { UNMAPPED_TYPE } from "../events/event-type.ts";
import type { Json } from "../ids/index.ts";
import { type CompiledParams, compileParams } from "../params/params.ts";
import { parsePath } from "../params/path.ts";
import { compileTemplate, type Template } from "../params/template.ts";
import { namesNobody, type People } from "../people/people.ts";
import { type CompiledNode, compileFeatures } from "./compile-feature.ts";
import { type ApprovalSpec, type CardRow, type Offer, type Rule, ruleDigest, ruleVersion } from "./rule.ts";

/** A card or report row with its value compiled. */
export interface CompiledRow {
  readonly label: string;
  readonly value: Template;
}

export interface CompiledOffer {
  readonly offer: Offer;
  readonly params: CompiledParams;
}

/** A rule with its features and templates compiled: what `judge` works on. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly version: string;
  readonly digest: string;
  readonly features: readonly CompiledNode[];
  readonly params: CompiledParams;
  readonly targets: readonly Template[];
  readonly throttleKey: Template | undefined;
  /** The keys of `forEach`. */
  readonly forEachKeys: readonly string[] | undefined;
  readonly rows: readonly CompiledRow[];
  readonly text: Template | undefined;
  readonly offers: readonly CompiledOffer[];
  readonly reportRows: readonly CompiledRow[];
}

/** One field of a rule, dotted (`features.2.op`), and what is wrong with it. */
export interface RuleFault {
  field: string;
  message: string;
}

export type CompiledRuleOutcome =
  | { outcome: "compiled"; rule: CompiledRule }
  | ({ outcome: "invalid" } & RuleFault);

/**
 * Compiles a rule, or names the first field that is wrong, in the order of the checks: event types, approval,
 * features, params, targets, throttle, card, offers, report.
 */
export function compileRule(rule: Rule): CompiledRuleOutcome {
  const faults: RuleFault[] = [];
  checkTypes(rule, faults);
  checkApproval("approval", rule.approval, faults);
  const parts: Omit<CompiledRule, "rule" | "version" | "digest"> = {
    features: featuresOf(rule, faults),
    params: paramsOf("params", rule.params, faults),
    targets: rule.targets.map((text, index) => templateOf(`targets.${index}`, text, faults)),
    throttleKey: throttleOf(rule, faults),
    forEachKeys: forEachOf(rule, faults),
    ...cardOf(rule, faults),
    offers: offersOf(rule, faults),
    reportRows: rowsOf("report.rows", rule.report.rows, faults),
  };
  const [first] = faults;
  return first ? { outcome: "invalid", ...first } : identified(rule, parts);
}

function identified(
  rule: Rule,
  parts: Omit<CompiledRule, "rule" | "version" | "digest">,
): CompiledRuleOutcome {
  try {
    const identity = { rule, version: ruleVersion(rule), digest: ruleDigest(rule) };
    return { outcome: "compiled", rule: { ...identity, ...parts } };
  } catch (error) {
    // YAML can write numbers that JSON, and so a hash, cannot hold: .inf and .nan.
    return { outcome: "invalid", field: "", message: `holds what JSON cannot hold: ${errorText(error)}` };
  }
}

function checkTypes(rule: Rule, faults: RuleFault[]): void {
  if (rule.on.length === 0) faults.push({ field: "on", message: "names no event type" });
  for (const [index, type] of rule.on.entries()) {
    if (type === UNMAPPED_TYPE) {
      faults.push({ field: `on.${index}`, message: `"${UNMAPPED_TYPE}" events have no schema to rely on` });
    }
  }
}

function featuresOf(rule: Rule, faults: RuleFault[]): readonly CompiledNode[] {
  const compiled = compileFeatures(rule.features);
  if (compiled.outcome === "compiled") return compiled.nodes;
  faults.push({ field: below("features", compiled.field), message: compiled.message });
  return [];
}

const NO_PARAMS: CompiledParams = {
  render: () => ({ outcome: "failed", path: "", message: "the params are invalid" }),
  renderPartly: () => ({ value: {}, faults: [] }),
};

function paramsOf(field: string, value: Json, faults: RuleFault[]): CompiledParams {
  const compiled = compileParams(value);
  if (compiled.outcome === "compiled") return compiled.params;
  faults.push({ field: below(field, compiled.path), message: compiled.message });
  return NO_PARAMS;
}

function templateOf(field: string, text: string, faults: RuleFault[]): Template {
  const compiled = compileTemplate(text);
  if (compiled.outcome === "compiled") return compiled.template;
  const { message, line, column } = compiled;
  faults.push({ field, message: `${message} (line ${line}, column ${column})` });
  return { text, render: failed, renderText: failed, variables: () => [] };
}

function failed(): { outcome: "failed"; message: string } {
  return { outcome: "failed", message: "the template is invalid" };
}

function throttleOf(rule: Rule, faults: RuleFault[]): Template | undefined {
  const { throttle } = rule;
  if (!throttle) return undefined;
  if (!(throttle.limit > 0)) faults.push({ field: "throttle.limit", message: "must be above 0" });
  if (!(throttle.perMs > 0)) faults.push({ field: "throttle.per", message: "must be above 0" });
  if (!(throttle.burst >= 1)) faults.push({ field: "throttle.burst", message: "must be at least 1" });
  return templateOf("throttle.key", throttle.key, faults);
}

function forEachOf({ forEach }: Rule, faults: RuleFault[]): readonly string[] | undefined {
  if (forEach === undefined) return undefined;
  const keys = parsePath(forEach);
  if (keys) return keys;
  faults.push({ field: "forEach", message: `"${forEach}" is not a path` });
  return [];
}

function checkApproval(field: string, approval: ApprovalSpec, faults: RuleFault[]): void {
  if (approval.mode === "policy") return;
  const { groups, escalate, timeoutMs } = approval;
  if (groups.length === 0) faults.push({ field: `${field}.groups`, message: "names nobody" });
  if (!(timeoutMs > 0)) faults.push({ field: `${field}.timeout`, message: "must be above 0" });
  const names = new Set(groups.map(({ name }) => name));
  if (names.size < groups.length) faults.push({ field: `${field}.groups`, message: "has a name twice" });
  for (const [index, { from, need }] of groups.entries()) {
    checkAsked(`${field}.groups.${index}`, { who: "from", people: from, need }, faults);
  }
  for (const [index, { to, need }] of escalate.entries()) {
    checkAsked(`${field}.escalate.${index}`, { who: "to", people: to, need }, faults);
  }
}

function checkAsked(
  field: string,
  { who, people, need }: { who: "from" | "to"; people: People; need: number },
  faults: RuleFault[],
): void {
  if (!(Number.isInteger(need) && need >= 1)) {
    faults.push({ field: `${field}.need`, message: "must be a whole number, at least 1" });
  }
  if (namesNobody(people)) {
    faults.push({ field: `${field}.${who}`, message: "names nobody" });
  }
}

function cardOf(rule: Rule, faults: RuleFault[]): Pick<CompiledRule, "rows" | "text"> {
  const { rows, text } = rule.card;
  return {
    rows: rowsOf("card.rows", rows, faults),
    text: text === undefined ? undefined : templateOf("card.text", text, faults),
  };
}

function rowsOf(field: string, rows: readonly CardRow[], faults: RuleFault[]): CompiledRow[] {
  return rows.map(({ label, value }, index) => ({
    label,
    value: templateOf(`${field}.${index}.value`, value, faults),
  }));
}

function offersOf(rule: Rule, faults: RuleFault[]): CompiledOffer[] {
  const seen = new Set<string>();
  return rule.offers.map((offer, index) => {
    const field = `offers.${index}`;
    if (seen.has(offer.id)) faults.push({ field: `${field}.id`, message: `"${offer.id}" is there twice` });
    seen.add(offer.id);
    checkApproval(`${field}.approval`, offer.approval, faults);
    return { offer, params: paramsOf(`${field}.params`, offer.params, faults) };
  });
}

function below(field: string, path: string): string {
  return path === "" ? field : `${field}.${path}`;
}

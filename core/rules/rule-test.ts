import type { WhaleEvent } from "../events/event.ts";
import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { compileRule } from "./compile-rule.ts";
import { type Firing, type JudgeContext, judgeOne } from "./judge.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Verdict, VerdictReason } from "./verdict.ts";

/** What a test expects of one rule. What is absent is not looked at. */
export interface RuleExpectation {
  /** `not_asked`: the rule does not read the event's type. */
  verdict: VerdictReason | "not_asked";
  /** Of the first task: these parameters must be there with these values; others may be. */
  params?: JsonObject;
  /** Of the first task: exactly these. */
  allParams?: JsonObject;
  /** Of the first task, in order. */
  targets?: readonly string[];
  /** Rendered key of the rule's own bucket, for the first task; null: it has none. */
  throttle?: string | null;
  /** How many tasks the rule would make. */
  tasks?: number;
  /** Path of the first feature that fails. */
  feature?: string;
}

/** One field in which a rule differs from what a test expects. */
export interface Difference {
  field: string;
  expected: Json;
  /** Null when there is nothing. */
  actual: Json;
  /** More about the verdict, for a person. */
  because?: string;
}

/** What a rule said of a test's event. The throttle is not asked. */
export interface TestedRule {
  verdict: VerdictReason | "not_asked";
  feature?: Verdict["feature"];
  message?: string;
  firings: readonly Firing[];
}

/** Judges a test's event by one rule; a shadow rule also tells the tasks that it would make. Null: no such rule. */
export function testRule(
  { rules }: Pick<RuleSet, "rules">,
  ruleId: string,
  { event, context }: { event: WhaleEvent; context: JudgeContext },
): TestedRule | null {
  const compiled = rules.find(({ rule }) => rule.id === ruleId);
  if (!compiled) return null;
  const { rule } = compiled;
  if (!rule.on.includes(event.type)) return { verdict: "not_asked", firings: [] };
  const isShadow = rule.mode === "shadow";
  const live = isShadow ? compileRule({ ...rule, mode: "live" }) : null;
  const judged = judgeOne(live?.outcome === "compiled" ? live.rule : compiled, event, context);
  if (judged.outcome === "fires") {
    return { verdict: isShadow ? "shadow" : "fired", firings: judged.firings };
  }
  const { reason, feature, message } = judged.verdict;
  return {
    verdict: reason,
    ...(feature ? { feature } : {}),
    ...(message === undefined ? {} : { message }),
    firings: [],
  };
}

/** Where a rule differs from what is expected; empty when nowhere. */
export function differences(expected: RuleExpectation, tested: TestedRule): Difference[] {
  if (expected.verdict !== tested.verdict) {
    const because = whyText(tested);
    const verdict = { field: "verdict", expected: expected.verdict, actual: tested.verdict };
    return [because === "" ? verdict : { ...verdict, because }];
  }
  const { params, allParams, targets, throttle, tasks, feature } = expected;
  const [first] = tested.firings;
  const rendered = first?.rendered;
  const found: Difference[] = [];
  const compare = (field: string, wanted: Json | undefined, actual: Json) => {
    if (wanted !== undefined && !same(wanted, actual)) found.push({ field, expected: wanted, actual });
  };
  compare("tasks", tasks, tested.firings.length);
  compare("feature", feature, tested.feature?.path ?? null);
  compare("targets", targets && [...targets], rendered ? [...rendered.targets] : null);
  compare("throttle", throttle, first?.throttleKey ?? null);
  compare("allParams", allParams, rendered?.params ?? null);
  if (params !== undefined) found.push(...missing("params", params, rendered?.params ?? null));
  return found;
}

function whyText({ feature, message }: TestedRule): string {
  if (!feature) return message ?? "";
  const { at, index, path, op, expected, actual } = feature;
  return `${at ?? `features[${index}]`} ${path} ${op} ${JSON.stringify(expected)}, was ${JSON.stringify(actual)}`;
}

/** Where a value lacks what is asked; an object may hold more than is asked, a list may not. */
function missing(field: string, wanted: Json, actual: Json | undefined): Difference[] {
  if (isJsonObject(wanted) && isJsonObject(actual)) {
    return Object.entries(wanted).flatMap(([key, value]) => {
      return missing(`${field}.${key}`, value, Object.hasOwn(actual, key) ? actual[key] : undefined);
    });
  }
  return actual !== undefined && same(wanted, actual)
    ? []
    : [{ field, expected: wanted, actual: actual ?? null }];
}

/** Equal as JSON, whatever the order of keys. */
function same(one: Json, other: Json): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => same(item, other[index] as Json))
    );
  }
  if (!isJsonObject(one)) return one === other;
  if (!isJsonObject(other) || Object.keys(one).length !== Object.keys(other).length) return false;
  return Object.entries(one).every(
    ([key, value]) => Object.hasOwn(other, key) && same(value, other[key] as Json),
  );
}

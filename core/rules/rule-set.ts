import { type CompiledRule, compileRule, type RuleFault } from "./compile-rule.ts";
import { type Matcher, matchersOf } from "./matcher.ts";
import type { Rule } from "./rule.ts";

/** Rules that are in force together, found by event type. Never changed: a new version is a new set. */
export interface RuleSet {
  readonly rules: readonly CompiledRule[];
  /** Those that name a type, in the order of the set. */
  readonly byType: ReadonlyMap<string, readonly CompiledRule[]>;
  /** The same, sorted by what they ask of an event. */
  readonly matchers: ReadonlyMap<string, Matcher>;
}

export type RuleSetOutcome =
  | { outcome: "compiled"; set: RuleSet }
  | ({ outcome: "invalid"; ruleId: string } & RuleFault);

/** Compiles all rules, or names the first that is wrong: then nothing of the set is in force. */
export function ruleSet(rules: readonly Rule[]): RuleSetOutcome {
  const compiled = new Map<string, CompiledRule>();
  for (const rule of rules) {
    if (compiled.has(rule.id)) {
      return { outcome: "invalid", ruleId: rule.id, field: "id", message: `"${rule.id}" is there twice` };
    }
    const outcome = compileRule(rule);
    if (outcome.outcome === "invalid") return { ...outcome, ruleId: rule.id };
    compiled.set(rule.id, outcome.rule);
  }
  const all = [...compiled.values()];
  const byType = indexByType(all);
  return { outcome: "compiled", set: { rules: all, byType, matchers: matchersOf(byType) } };
}

function indexByType(rules: readonly CompiledRule[]): Map<string, CompiledRule[]> {
  const byType = new Map<string, CompiledRule[]>();
  for (const rule of rules) {
    for (const type of new Set(rule.rule.on)) {
      const found = byType.get(type);
      if (found) found.push(rule);
      else byType.set(type, [rule]);
    }
  }
  return byType;
}

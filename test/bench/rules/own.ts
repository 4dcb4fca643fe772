import assert from "node:assert/strict";
import { compilePattern } from "../../../core/params/index.ts";
import { type Rule, type RuleSet, ruleSet } from "../../../core/rules/index.ts";
import { type Contestant, direct } from "./contestant.ts";
import { patternOf, ruleOf, type Spec } from "./drawn.ts";

export function setOf(rules: readonly Rule[]): RuleSet {
  const outcome = ruleSet(rules);
  return outcome.outcome === "compiled" ? outcome.set : assert.fail(`${outcome.ruleId} ${outcome.message}`);
}

/** Whale's index. */
export function indexed(set: RuleSet): Contestant {
  return direct(
    (event) => set.matchers.get(event.type)?.fits(event) ?? [],
    ({ rule }) => rule.id,
  );
}

/** The same, and why others do not fit. */
export function traced(set: RuleSet): Contestant {
  return {
    ids: (event) => {
      const trace = set.matchers.get(event.type)?.trace(event) ?? [];
      return trace.flatMap(({ rule, failed }) => (failed === null ? rule.rule.id : []));
    },
    count: (events) => {
      let count = 0;
      for (const event of events) {
        for (const { failed } of set.matchers.get(event.type)?.trace(event) ?? [])
          if (failed === null) count += 1;
      }
      return count;
    },
  };
}

/** A loop over the compiled features of all rules, whatever they test. */
export function scanned(set: RuleSet): Contestant {
  const tests = set.rules.map(({ rule, features }) => ({ id: rule.id, types: rule.on, features }));
  return direct(
    (event) =>
      tests.filter(
        ({ types, features }) =>
          types.includes(event.type) && features.every((one) => one.holds(event, event)),
      ),
    ({ id }) => id,
  );
}

/** A loop over closures written for the form of the rules: the plain way, without an index. */
export function looped(specs: readonly Spec[]): Contestant {
  const closures = specs.map((spec) => {
    const { id, type, above, prefix } = spec;
    const compiled = compilePattern(patternOf(spec));
    if (compiled.outcome === "invalid") return assert.fail(compiled.message);
    const { pattern } = compiled;
    return {
      id,
      holds: (event: Shaped) =>
        event.type === type &&
        event.labels.env === "prod" &&
        event.detail.metric > above &&
        event.detail.host.startsWith(prefix) &&
        pattern.test(event.detail.host),
    };
  });
  return direct(
    (event) => {
      const fits: { id: string }[] = [];
      for (const closure of closures) if (closure.holds(event as unknown as Shaped)) fits.push(closure);
      return fits;
    },
    ({ id }) => id,
  );
}

/** What every event of the benchmark has. */
interface Shaped {
  type: string;
  labels: { env: string };
  detail: { metric: number; host: string };
}

export function ownSet(specs: readonly Spec[]): RuleSet {
  return setOf(specs.map(ruleOf));
}

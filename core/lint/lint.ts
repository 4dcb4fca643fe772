import type { EventType } from "../events/event-type.ts";
import { type CompiledRule, type Rule, ruleSet } from "../rules/index.ts";
import { branchesOf } from "./branches.ts";
import { absentPath } from "./closed-schema.ts";
import { contradiction } from "./contradiction.ts";
import { overlaps } from "./overlaps.ts";
import { unboundedReference } from "./throttle-key.ts";

/** What lint looks for. Closed: each has words of its own. */
export type LintCode = "never_matches" | "not_in_schema" | "overlap" | "unbounded_key" | "no_owner";

/** One thing about a rule that a person should look at. */
export interface LintFinding {
  rule: string;
  /** Dotted path in the rule, such as `features.2`; empty for all of it. */
  field: string;
  /** `error`: the rule cannot do what it is for. */
  level: "error" | "warning";
  code: LintCode;
  zh: string;
  en: string;
}

/** Looks at rules that were taken, by their files alone. What it cannot tell for certain it leaves out or calls "may". */
export function lintRules(rules: readonly Rule[], types: readonly EventType[]): LintFinding[] {
  const compiled = ruleSet(rules);
  if (compiled.outcome === "invalid") return [];
  const schemas = new Map(types.map(({ type, schema }) => [type, schema]));
  const own = compiled.set.rules.flatMap((rule) => [
    ...neverMatches(rule),
    ...notInSchema(rule, schemas),
    ...unboundedKey(rule),
    ...noOwner(rule),
  ]);
  return [...own, ...overlapping(compiled.set.rules)];
}

function neverMatches({ rule, features }: CompiledRule): LintFinding[] {
  const found = branchesOf(features).map((branch) => contradiction(branch, rule.on));
  const [first] = found;
  if (!first || found.includes(null)) return [];
  const { one, other } = first;
  const tests = [one, ...(other ? [other] : [])].map(({ feature }) => testText(feature));
  const index = rule.features.findIndex((node) => node === (other ?? one).feature);
  return [
    {
      ...{ rule: rule.id, field: index < 0 ? "features" : `features.${index}` },
      ...{ level: "error", code: "never_matches" },
      zh: `永远不会触发：没有事件能符合 ${tests.join(" 且 ")}`,
      en: `can never match: no event passes ${tests.join(" and ")}`,
    },
  ];
}

function testText({ path, op, value }: { path: string; op: string; value?: unknown }): string {
  return value === undefined ? `${path} ${op}` : `${path} ${op} ${JSON.stringify(value).slice(0, 100)}`;
}

function notInSchema(
  { rule, features }: CompiledRule,
  schemas: ReadonlyMap<string, EventType["schema"]>,
): LintFinding[] {
  // What only one branch of several asks for may be missing.
  const [branch = [], ...others] = branchesOf(features);
  if (others.length > 0) return [];
  return branch.flatMap((node): LintFinding[] => {
    const absent = rule.on.filter((type) => absentPath(schemas.get(type), node.keys));
    if (absent.length === 0 || node.test(undefined)) return [];
    const { path } = node.feature;
    const index = rule.features.indexOf(node.feature);
    return [
      {
        ...{ rule: rule.id, field: index < 0 ? "features" : `features.${index}.path`, code: "not_in_schema" },
        level: absent.length === rule.on.length ? "error" : "warning",
        zh: `${absent.join("、")} 的格式里没有 ${path}，这些类型的事件不会符合`,
        en: `the schema of ${absent.join(", ")} has no ${path}: no valid event of it passes`,
      },
    ];
  });
}

function unboundedKey({ rule }: CompiledRule): LintFinding[] {
  const reference = rule.throttle ? unboundedReference(rule.throttle.key) : null;
  if (reference === null) return [];
  return [
    {
      ...{ rule: rule.id, field: "throttle.key", level: "warning", code: "unbounded_key" },
      zh: `限流键用了 ${reference}，几乎每个事件都不同，起不到限流作用`,
      en: `the key is made of ${reference}, which differs with nearly every event: it holds nothing back`,
    },
  ];
}

function noOwner({ rule }: CompiledRule): LintFinding[] {
  if (rule.owner) return [];
  return [
    {
      ...{ rule: rule.id, field: "", level: "warning", code: "no_owner" },
      zh: "没有 owner，文件写坏时不知道告诉谁",
      en: "has no owner to be told when its file cannot be taken",
    },
  ];
}

function overlapping(rules: readonly CompiledRule[]): LintFinding[] {
  return overlaps(rules).map(({ rule, other, types }) => ({
    ...{ rule: rule.rule.id, field: "", level: "warning", code: "overlap" },
    zh: `凡符合它的 ${types.join("、")} 事件，规则 ${other.rule.id} 也可能触发，动作和目标相同`,
    en: `may overlap: on events of ${types.join(", ")} that it matches, rule ${other.rule.id} may fire too, with the same action and targets`,
  }));
}

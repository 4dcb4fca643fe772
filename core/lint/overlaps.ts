import type { CompiledRule } from "../rules/index.ts";
import { type Branch, branchesOf } from "./branches.ts";
import { contradiction } from "./contradiction.ts";
import { implies } from "./implied.ts";

/** A rule that matches nothing but what another matches too, to the same effect. */
export interface Overlap {
  rule: CompiledRule;
  other: CompiledRule;
  types: readonly string[];
}

/** Rules with groups of `any` are compared by each branch, as long as there are few. */
const FEW_BRANCHES = 8;
/** Of more rules with one action and target than this, only so many are compared with each other. */
const MOST_COMPARED = 500;

/** Live rules of which one's events are the other's too, where both start the same action on the same targets. */
export function overlaps(rules: readonly CompiledRule[]): Overlap[] {
  const live = rules.filter(({ rule }) => rule.mode !== "shadow");
  return [...Map.groupBy(live, effectOf).values()].flatMap((group) => within(group.slice(0, MOST_COMPARED)));
}

function effectOf({ rule }: CompiledRule): string {
  const plain = (text: string) => text.replace(/\{\{\s*\.?/g, "{{").replace(/\s*\}\}/g, "}}");
  return JSON.stringify([rule.action, rule.targets.map(plain)]);
}

interface Looked {
  compiled: CompiledRule;
  branches: Branch[];
}

function within(group: readonly CompiledRule[]): Overlap[] {
  const looked = group.map((compiled): Looked => {
    const branches = branchesOf(compiled.features).filter((one) => !contradiction(one, compiled.rule.on));
    return { compiled, branches };
  });
  return looked.flatMap((one, index) => looked.slice(index + 1).flatMap((other) => pair(one, other)));
}

function pair(one: Looked, other: Looked): Overlap[] {
  const types = one.compiled.rule.on.filter((type) => other.compiled.rule.on.includes(type));
  if (types.length === 0) return [];
  if (covered(one, other)) return [{ rule: one.compiled, other: other.compiled, types }];
  if (covered(other, one)) return [{ rule: other.compiled, other: one.compiled, types }];
  return [];
}

/** Whether each way to match the one matches the other too. `not` is not looked into, so such a rule is left out. */
function covered(one: Looked, other: Looked): boolean {
  if (one.branches.length === 0 || one.branches.length > FEW_BRANCHES) return false;
  if (hasNot(other.compiled)) return false;
  return one.branches.every((branch) => other.branches.some((wanted) => implies(branch, wanted)));
}

function hasNot({ rule }: CompiledRule): boolean {
  return JSON.stringify(rule.features).includes('{"not":');
}

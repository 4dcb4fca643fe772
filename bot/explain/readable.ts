import {
  type AccessObject,
  type Actor,
  authorise,
  inScope,
  objectOfRule,
  objectOfTask,
  scopeOf,
} from "../../core/people/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { Task } from "../../core/tasks/index.ts";

/** What a right on a rule is asked on, by the rule's id; on one that is gone, everything. */
export function ruleObjects(rules: readonly Rule[]): (ruleId: string) => AccessObject {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return (ruleId) => objectOfRule(known.get(ruleId));
}

/** What rules said of an event, as far as somebody may read those rules. */
export function readableVerdicts<T extends { ruleId: string }>(
  told: readonly T[],
  actor: Actor,
  rules: readonly Rule[],
): T[] {
  const scope = scopeOf(actor, "rules.read");
  const objectOf = ruleObjects(rules);
  return told.filter(({ ruleId }) => inScope(scope, objectOf(ruleId)));
}

/** The rules that somebody may read, by what they are or by a type that they take. */
export function readableRules(rules: readonly Rule[], actor: Actor): Rule[] {
  const scope = scopeOf(actor, "rules.read");
  return rules.filter((rule) => rule.on.some((type) => inScope(scope, { type, ...objectOfRule(rule) })));
}

/** The tasks that somebody may read. */
export function readableTasks(tasks: readonly Task[], actor: Actor): Task[] {
  return tasks.filter((task) => authorise(actor, "tasks.read", objectOfTask(task)).outcome === "allowed");
}

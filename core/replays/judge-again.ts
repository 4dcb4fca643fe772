import { TASK_ENDED_TYPE, type WhaleEvent } from "../events/index.ts";
import { inScope } from "../people/index.ts";
import { type JudgeContext, type Judgement, judgeOne, type RuleSet } from "../rules/index.ts";
import type { ReplayOrder } from "./replay.ts";

/** What a stored event comes to when it is judged again; `left_out` events are counted, not judged. */
export type JudgedAgain =
  | { outcome: "left_out"; reason: "chained" | "outOfScope" }
  | { outcome: "judged"; judgements: readonly (Judgement & { business: string })[] };

/**
 * Judges a stored event by the rules in force now, of those that the order is for. Its age is judged at its own
 * receipt, so that it is not stale for being old; policies and clusters are those of now.
 */
export function judgeAgain(
  event: WhaleEvent,
  { rules, scope }: Pick<ReplayOrder, "rules" | "scope">,
  { set, context }: { set: RuleSet; context: Omit<JudgeContext, "ageAtMs" | "rounds"> },
): JudgedAgain {
  const { type } = event;
  if (type === TASK_ENDED_TYPE) return { outcome: "left_out", reason: "chained" };
  if (!inScope(scope.events, { type })) return { outcome: "left_out", reason: "outOfScope" };
  const ageAtMs = Date.parse(event.receivedAt);
  const judgements = (set.byType.get(type) ?? []).flatMap((compiled) => {
    const { id, business } = compiled.rule;
    if (rules !== null && !rules.includes(id)) return [];
    if (!inScope(scope.rules, { type, business, rule: id })) return [];
    return [{ ...judgeOne(compiled, event, { ...context, ageAtMs }), business }];
  });
  return { outcome: "judged", judgements };
}

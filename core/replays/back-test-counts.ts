import { type Asked, askedOf } from "../approvals/index.ts";
import type { CompiledRule, VerdictReason } from "../rules/index.ts";
import type { RuleTally } from "./replay.ts";

/** How many events of one type came to which end before any rule's features, or reached them. */
export type TypeCounts = Record<"not_firing" | "event_invalid" | "late" | "repeat" | "reached", number>;

/** What one rule said of all events, as a rehearsal tallies it, and what that asks of people. */
export interface RuleCount extends RuleTally {
  /** The tasks that it would have made; with `forEach` one event may make several. */
  tasks: number;
  /** Who would have been asked for each task, or the policy that stands for them. */
  asks: Asked;
}

/** Counts for one rule. */
export interface RuleCounting {
  /** An event whose features it passes has come to this. */
  add(answer: { reason: VerdictReason; tasks: number }): void;
  /** Everything it said, with what its types' events came to before that. */
  over(countsOf: CountsOf): RuleCount;
}

/** The counts of a type; undefined where nothing is counted. */
type CountsOf = (type: string) => TypeCounts | undefined;

/** Begins to count events of one type. */
export function typeCounts(): TypeCounts {
  return { not_firing: 0, event_invalid: 0, late: 0, repeat: 0, reached: 0 };
}

/** Begins to count for a rule. */
export function ruleCount({ rule, version }: CompiledRule): RuleCounting {
  const said: Partial<Record<VerdictReason, number>> = {};
  let [passed, tasks] = [0, 0];
  const { approval } = rule;
  const asks = approval.mode === "people" ? askedOf(approval) : { policy: approval.policy };
  return {
    add: (answer) => {
      passed += 1;
      tasks += answer.tasks;
      said[answer.reason] = (said[answer.reason] ?? 0) + 1;
    },
    over: (countsOf) => {
      const { reached, ...before } = sumOver(rule.on, countsOf);
      const judged = rule.repeats ? reached + before.repeat : reached;
      const { fired = 0, ...held } = said;
      const all = {
        ...before,
        repeat: rule.repeats ? 0 : before.repeat,
        ...held,
        feature_failed: judged - passed,
      };
      const counted = Object.entries(all).filter(([, count]) => count > 0);
      const counts = { fired, tasks, held: Object.fromEntries(counted), asks };
      return { ruleId: rule.id, ruleVersion: version, ...counts };
    },
  };
}

function sumOver(on: readonly string[], countsOf: CountsOf): TypeCounts {
  const sum = typeCounts();
  for (const type of new Set(on)) {
    const counts = countsOf(type);
    if (!counts) continue;
    for (const key of Object.keys(sum) as (keyof TypeCounts)[]) sum[key] += counts[key];
  }
  return sum;
}

import { type BudgetLimits, memberBuckets, messagesLeft } from "../../core/outbox/index.ts";
import type { Clock, Lane, ThrottleStore } from "../../core/ports/index.ts";

export interface BudgetLeftDeps {
  throttle: Pick<ThrottleStore, "show">;
  limits: BudgetLimits;
  clock: Clock;
}

/** How many messages of a lane a person may get now. Takes nothing, and never says more than the truth. */
export type BudgetLeft = (userId: string, lane: Lane) => Promise<number>;

export function budgetLeft({ throttle, limits, clock }: BudgetLeftDeps): BudgetLeft {
  return async (userId, lane) => {
    const specs = memberBuckets(userId, lane, limits);
    const views = await Promise.all(specs.map(({ key }) => throttle.show(key)));
    return messagesLeft(views, specs, clock.nowMs());
  };
}

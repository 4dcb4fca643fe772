import type { Cluster, Route } from "../../core/clusters/index.ts";
import type { Secrecy } from "../../core/pages/index.ts";
import type { Policy } from "../../core/policies/index.ts";
import type { Clock } from "../../core/ports/index.ts";
import { type JudgeContext, type RuleSet, timeHold } from "../../core/rules/index.ts";
import type { AtWork, CompiledWindows } from "../../core/windows/index.ts";
import type { MuteKeeper } from "../mutes/index.ts";

/** What events are judged by. */
export interface RulesInForce {
  set: RuleSet;
  schedules: ReadonlyMap<string, AtWork>;
  windows: CompiledWindows;
  clusters: readonly Cluster[];
  routes?: readonly Route[];
  policies: readonly Policy[];
}

export interface JudgingDeps {
  /** What is known of actions, by which parameters are cast, and of secrets. */
  secrecy: Secrecy;
  inForce: () => RulesInForce;
  mutes: Pick<MuteKeeper, "current" | "refresh">;
  clock: Clock;
}

/** The rules in force now, and all that judging asks beside them and the event. */
export function judgingNow({ secrecy, inForce, mutes, clock }: JudgingDeps): {
  set: RuleSet;
  context: JudgeContext;
} {
  const { set, clusters, routes = [], policies, schedules, windows } = inForce();
  const hold = timeHold({ schedules, windows, mutes: mutes.current() });
  const given = { nowMs: clock.nowMs(), clusters, routes, policies, timeHold: hold };
  return { set, context: { ...given, ...secrecy } };
}

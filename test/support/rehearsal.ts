import { replayTurn, runningReplay } from "../../bot/workers/replay-turn.ts";
import type { RulesInForce } from "../../bot/workers/rules-in-force.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import { compileMutes } from "../../core/mutes/index.ts";
import type { BackTestContext, RuleTally } from "../../core/replays/index.ts";
import type { RuleSet } from "../../core/rules/index.ts";
import { DEFAULT_SETTINGS } from "../../core/tasks/index.ts";
import { compileWindows } from "../../core/windows/index.ts";
import { aReplay } from "./replays.ts";
import { NO_SECRETS } from "./secrecy.ts";

/** What a rehearsal of these events counts, by rule; those of which it has nothing to say are left out. */
export async function rehearsalOf(
  events: readonly WhaleEvent[],
  { set, context }: { set: RuleSet; context: BackTestContext },
  times: Partial<Pick<RulesInForce, "schedules" | "windows">> = {},
): Promise<RuleTally[]> {
  const { clusters, policies, nowMs } = context;
  const windows = compileWindows([], () => () => false);
  const running = runningReplay(aReplay("r_1"), { secrecy: NO_SECRETS });
  await replayTurn(running, {
    secrecy: NO_SECRETS,
    inForce: () => ({ set, clusters, policies, schedules: new Map(), windows, ...times }),
    mutes: { current: () => compileMutes([]), refresh: async () => undefined },
    clock: { nowMs: () => nowMs },
    archive: { search: async () => ({ events: [...events], next: null }) },
    tasks: { make: () => Promise.reject(new Error("a rehearsal makes no tasks")) },
    settings: DEFAULT_SETTINGS,
    onStep: () => undefined,
  });
  return comparable(running.tally.progress().rules);
}

/** Tallies in one order, of rules that have said something. */
export function comparable(tallies: readonly RuleTally[]): RuleTally[] {
  const told = tallies.filter(({ fired, held }) => fired > 0 || Object.keys(held).length > 0);
  return told
    .map(({ ruleId, ruleVersion, fired, held }) => ({ ruleId, ruleVersion, fired, held: inOrder(held) }))
    .sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
}

function inOrder(held: RuleTally["held"]): RuleTally["held"] {
  return Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)));
}

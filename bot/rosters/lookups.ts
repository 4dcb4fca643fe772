import { errorText } from "../../core/errors.ts";
import type { Clock, DutySource, Logger, Metrics } from "../../core/ports/index.ts";
import { type DutyAnswer, type LookupRoster, standingOf } from "../../core/rosters/index.ts";
import type { ReadyRoster } from "./ready.ts";

type ReadyLookup = Extract<ReadyRoster, { kind: "lookup" }>;

/** Who is on duty as far as a look-up tells; `trouble` is why it could not be asked anew. */
export type LookedUp =
  | { outcome: "known"; answer: DutyAnswer; trouble: string | null }
  | { outcome: "unknown"; trouble: string };

export interface LookupDeps {
  http: DutySource<"http">;
  action: DutySource<"action">;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** What was looked up, kept in mind by this process. */
export interface Lookups {
  /** The answer that is fresh, or a new one, or the last one for an hour while there is none. Never throws. */
  ask(ready: ReadyLookup): Promise<LookedUp>;
  /** As last asked, without asking; null when that never was. */
  last(ready: ReadyLookup): LookedUp | null;
}

/** After a failure it is asked again after so long: not at each click. */
const FAILED_KEPT_MS = 5_000;

interface Memo {
  answer: DutyAnswer | null;
  trouble: { message: string; atMs: number } | null;
  asking: Promise<void> | null;
}

export function createLookups(deps: LookupDeps): Lookups {
  const { clock } = deps;
  const memos = new Map<string, Memo>();
  const memoOf = ({ key }: ReadyLookup): Memo => {
    const memo = memos.get(key) ?? { answer: null, trouble: null, asking: null };
    memos.set(key, memo);
    return memo;
  };
  return {
    ask: async (ready) => {
      const memo = memoOf(ready);
      const nowMs = clock.nowMs();
      const fresh = standingOf(memo.answer, nowMs, ready.roster.cacheMs) === "fresh";
      const failedJustNow = memo.trouble !== null && Math.abs(nowMs - memo.trouble.atMs) < FAILED_KEPT_MS;
      if (!fresh && !failedJustNow) {
        // Those who ask at the same time wait for one answer.
        memo.asking ??= renew(ready.roster, memo, deps).finally(() => {
          memo.asking = null;
        });
        await memo.asking;
      }
      return looked(memo, clock.nowMs(), ready.roster);
    },
    last: (ready) => {
      const memo = memos.get(ready.key);
      return memo ? looked(memo, clock.nowMs(), ready.roster) : null;
    },
  };
}

function looked({ answer, trouble }: Memo, nowMs: number, { cacheMs }: LookupRoster): LookedUp {
  if (answer && standingOf(answer, nowMs, cacheMs) !== "none") {
    return { outcome: "known", answer, trouble: trouble?.message ?? null };
  }
  return { outcome: "unknown", trouble: trouble?.message ?? "not asked yet" };
}

async function renew(roster: LookupRoster, memo: Memo, deps: LookupDeps): Promise<void> {
  const { clock, log, metrics } = deps;
  const { name } = roster;
  try {
    const people = await peopleOf(roster, deps);
    memo.answer = { people, atMs: clock.nowMs() };
    memo.trouble = null;
    metrics.count("duty_lookups", { outcome: "answered" });
  } catch (error) {
    const reason = errorText(error);
    memo.trouble = { message: reason, atMs: clock.nowMs() };
    metrics.count("duty_lookups", { outcome: "failed" });
    const answeredAt = memo.answer ? new Date(memo.answer.atMs).toISOString() : null;
    log.warn({ roster: name, reason, answeredAt }, "who is on duty could not be looked up");
  }
}

function peopleOf({ lookup }: LookupRoster, { http, action }: LookupDeps): Promise<string[]> {
  return lookup.kind === "http" ? http.ask(lookup) : action.ask(lookup);
}

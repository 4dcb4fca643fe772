import type { Clock } from "../../core/ports/index.ts";
import { type Duty, onDuty } from "../../core/rosters/index.ts";
import type { Warning } from "../http/index.ts";
import type { LookedUp, Lookups } from "./lookups.ts";
import type { ReadyRoster } from "./ready.ts";

/** Who counts as on duty, or why that is not known. Nobody on duty is known too. */
export type OnDuty = { outcome: "known"; people: string[] } | { outcome: "unknown"; why: string };

/** A roster as it stands at an instant, for people to read. */
export type DutyView =
  | { kind: "calendar"; name: string; title: string; duty: Duty }
  | { kind: "lookup"; name: string; title: string; looked: LookedUp };

/** Duty rosters, as everybody in this process asks them. */
export interface RosterKeeper {
  /** Who counts as on duty on a roster now. Never throws. */
  onDuty(name: string): Promise<OnDuty>;
  /** All rosters, or the one of this name, as they stand now. */
  view(name?: string): Promise<DutyView[]>;
  /** Rosters on which nobody is on duty now, and look-ups that fail. */
  warnings(): Warning[];
}

export interface RosterKeeperDeps {
  /** Those in force now. */
  rosters: () => ReadonlyMap<string, ReadyRoster>;
  lookups: Lookups;
  clock: Clock;
}

export function createRosterKeeper({ rosters, lookups, clock }: RosterKeeperDeps): RosterKeeper {
  const viewOf = async (ready: ReadyRoster): Promise<DutyView> => {
    const { name, title } = ready;
    if (ready.kind === "lookup") return { kind: "lookup", name, title, looked: await lookups.ask(ready) };
    return { kind: "calendar", name, title, duty: ready.calendar.at(clock.nowMs()) };
  };
  return {
    onDuty: async (name) => {
      const ready = rosters().get(name);
      // The task carries the name of a roster whose file was removed since.
      if (!ready) return { outcome: "unknown", why: `there is no roster ${name} any more` };
      return onDutyOf(await viewOf(ready));
    },
    view: async (name) => {
      const wanted = [...rosters().values()].filter((one) => name === undefined || one.name === name);
      return Promise.all(wanted.map(viewOf));
    },
    warnings: () => [...rosters().values()].flatMap((ready) => warningsOf(ready, lookups, clock.nowMs())),
  };
}

function onDutyOf(view: DutyView): OnDuty {
  if (view.kind === "calendar") return { outcome: "known", people: onDuty(view.duty) };
  const { looked } = view;
  if (looked.outcome === "known") return { outcome: "known", people: [...looked.answer.people] };
  return { outcome: "unknown", why: looked.trouble };
}

function warningsOf(ready: ReadyRoster, lookups: Lookups, nowMs: number): Warning[] {
  const about = `roster ${ready.name}`;
  if (ready.kind === "calendar") {
    const { people, untilMs } = ready.calendar.at(nowMs);
    if (people.length > 0) return [];
    const until = untilMs === null ? "" : ` until ${new Date(untilMs).toISOString()}`;
    return [{ about, message: `nobody is on duty now${until}: nobody can approve by it (现在没有人值班)` }];
  }
  const looked = lookups.last(ready);
  if (!looked || looked.trouble === null) return [];
  if (looked.outcome === "unknown") {
    const message = `who is on duty is not known, nobody is entitled by it (查不到谁在值班，无人可批): ${looked.trouble}`;
    return [{ about, message }];
  }
  const since = new Date(looked.answer.atMs).toISOString();
  return [{ about, message: `the answer of ${since} is used (沿用上次的答案): ${looked.trouble}` }];
}

import { hashOf } from "../../core/ids/index.ts";
import { type Calendar, compileCalendar, type LookupRoster, type Roster } from "../../core/rosters/index.ts";

/** A roster that can be asked. */
export type ReadyRoster =
  | { kind: "calendar"; name: string; title: string; calendar: Calendar }
  /** `key` differs when anything of its file does. */
  | { kind: "lookup"; name: string; title: string; key: string; roster: LookupRoster };

/** Compiles rosters; by name. */
export function readyRosters(rosters: readonly Roster[]): ReadonlyMap<string, ReadyRoster> {
  return new Map(rosters.map((roster) => [roster.name, ready(roster)]));
}

function ready(roster: Roster): ReadyRoster {
  const { name, title } = roster;
  if (roster.kind === "calendar") return { kind: "calendar", name, title, calendar: compileCalendar(roster) };
  return { kind: "lookup", name, title, key: hashOf(roster), roster };
}

import type { JsonObject } from "../ids/index.ts";

/** Who takes turns. Dates and times are those of the roster's zone, as `wallClockMs` gives them. */
export interface Rotation {
  /** When the first turn begins. */
  startWallMs: number;
  /** How long a turn is by the clock on the wall, so that hand-over stays at its time of the day. */
  everyMs: number;
  /** Whose turns come after one another, for ever. At least one person in each. */
  turns: readonly (readonly string[])[];
}

/** Some people on duty once, instead of whoever's turn it is. */
export interface Shift {
  /** From (inclusive) until (exclusive), by the zone's clock. */
  fromWallMs: number;
  untilWallMs: number;
  /** Userids, at least one. */
  people: readonly string[];
}

/** A roster that its file spells out. */
export interface CalendarRoster {
  kind: "calendar";
  name: string;
  title: string;
  zone: string;
  rotation?: Rotation;
  /** Of those that cover an instant the last counts, and before the rotation. */
  shifts: readonly Shift[];
  /** For so long after a hand-over those before still count. */
  overlapMs: number;
}

/** Where to ask who is on duty. `users` is a template that gives a list of userids, or a text of them. */
export type DutyLookup =
  /** `users` reads the answer as `data`. */
  | { kind: "http"; url: string; bearer?: string; users: string }
  /** A read-only action that a policy lets run without asking; `users` reads its result as `result`. */
  | { kind: "action"; action: string; cluster: string; params: JsonObject; users: string };

/** A roster that something else keeps. */
export interface LookupRoster {
  kind: "lookup";
  name: string;
  title: string;
  lookup: DutyLookup;
  /** An answer is as good as new for so long. */
  cacheMs: number;
}

/** Who is on duty when, under a name that approvals and roles refer to. */
export type Roster = CalendarRoster | LookupRoster;

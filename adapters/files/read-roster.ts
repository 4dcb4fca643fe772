import type { JsonObject } from "../../core/ids/index.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { CalendarRoster, DutyLookup, LookupRoster, Roster } from "../../core/rosters/index.ts";
import { parseDuration, parseWallClock } from "../../core/time/index.ts";
import { DEFAULT_ZONE } from "./read-window.ts";
import type { RosterFile } from "./roster-schema.ts";

/** How long an answer about who is on duty is as good as new where a file does not say. */
const DEFAULT_CACHE_MS = 60_000;

/** A checked file as a roster. */
export function readRoster(file: RosterFile): Roster {
  return file.lookup ? lookupOf(file, file.lookup) : calendarOf(file);
}

function calendarOf({ name, title, timezone, rotation, shifts = [], overlap }: RosterFile): CalendarRoster {
  return {
    ...{ kind: "calendar", name, title, zone: timezone ?? DEFAULT_ZONE },
    ...(rotation ? { rotation: rotationOf(rotation) } : {}),
    shifts: shifts.map(({ from, to, people }) => {
      const [fromWallMs, untilWallMs] = [parseWallClock(from) ?? 0, parseWallClock(to) ?? 0];
      return { fromWallMs, untilWallMs, people: turnOf(people) };
    }),
    overlapMs: overlap === undefined ? 0 : (parseDuration(overlap) ?? 0),
  };
}

function rotationOf({ start, handover, every, people }: NonNullable<RosterFile["rotation"]>) {
  const startWallMs = parseWallClock(`${start}T${handover}`) ?? 0;
  return { startWallMs, everyMs: turnLengthMs(every) ?? 0, turns: people.map(turnOf) };
}

/** The people of one turn, each once. */
function turnOf(people: unknown): string[] {
  const listed = Array.isArray(people) ? people : [people];
  return [...new Set(listed.map((userId) => normaliseUserId(String(userId))))];
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** How long a turn is: whole hours, days or weeks, at most a year; null for anything else. */
export function turnLengthMs(text: string): number | null {
  const [, count, unit = ""] = /^([1-9]\d{0,3})(h|d|w)$/.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  return ms > 0 && ms <= 366 * 86_400_000 ? ms : null;
}

function lookupOf({ name, title }: RosterFile, lookup: NonNullable<RosterFile["lookup"]>): LookupRoster {
  const cacheMs = lookup.cache === undefined ? DEFAULT_CACHE_MS : (parseDuration(lookup.cache) ?? 0);
  return { kind: "lookup", name, title, lookup: askingOf(lookup), cacheMs };
}

function askingOf(lookup: NonNullable<RosterFile["lookup"]>): DutyLookup {
  if (lookup.http) return { kind: "http", ...lookup.http };
  const { action = "", cluster = "", params = {}, users = "" } = lookup;
  return { kind: "action", action, cluster, params: params as JsonObject, users };
}

import { instantOfWallClock } from "../time/index.ts";
import type { CalendarRoster } from "./roster.ts";
import { compileRotation, samePeople } from "./rotation.ts";

/** Some people, from an instant on. */
export interface Turn {
  people: readonly string[];
  fromMs: number;
}

/** Who is on duty at an instant. */
export interface Duty {
  /** Whose duty it is; nobody's when empty. */
  people: readonly string[];
  /** Those of before the last hand-over, as long as they still count. */
  leaving: readonly string[];
  /** When the duty passes to others, or to nobody; null when it never does. */
  untilMs: number | null;
  /** Who has it then; null when it never passes, or to nobody. */
  next: Turn | null;
}

/** A calendar that can be asked. */
export interface Calendar {
  /** Pure: the same instant gives the same answer. */
  at(atMs: number): Duty;
}

/** A stretch in which nothing changes hands. */
interface Stretch {
  people: readonly string[];
  /** Null: it never ends. */
  untilMs: number | null;
}

type StretchAt = (atMs: number) => Stretch;

/** Compiles a calendar. */
export function compileCalendar(roster: CalendarRoster): Calendar {
  const { rotation, shifts, overlapMs, zone } = roster;
  const stretchAt = stretches(roster);
  // Within so many stretches every turn has been seen between any two edges of shifts.
  const most = ((rotation?.turns.length ?? 0) + 1) * (2 * shifts.length + 2);
  const edges = shifts.flatMap(({ fromWallMs, untilWallMs }) => {
    return [instantOfWallClock(fromWallMs, zone), instantOfWallClock(untilWallMs, zone)];
  });
  const turnStart = compileRotation(rotation, zone).startOfTurn;
  return {
    at: (atMs) => {
      const { people } = stretchAt(atMs);
      const next = nextTurn(atMs, { stretchAt, most });
      const begun = [...edges, ...turnStarts(atMs, atMs - overlapMs, turnStart)];
      const handedOver = begun.filter((edge) => edge <= atMs && edge > atMs - overlapMs);
      const before = handedOver.flatMap((edge) => stretchAt(edge - 1).people);
      const leaving = [...new Set(before)].filter((person) => !people.includes(person));
      return { people, leaving, untilMs: next?.fromMs ?? null, next: next?.people.length ? next : null };
    },
  };
}

/** Everybody who counts at an instant: those on duty, and those whose duty has just ended. */
export function onDuty({ people, leaving }: Duty): string[] {
  return [...people, ...leaving];
}

/** The first stretch of other people. */
function nextTurn(atMs: number, { stretchAt, most }: { stretchAt: StretchAt; most: number }): Turn | null {
  const now = stretchAt(atMs);
  let seen = now;
  for (let count = 0; count < most && seen.untilMs !== null; count++) {
    const fromMs = seen.untilMs;
    seen = stretchAt(fromMs);
    if (!samePeople(seen.people, now.people)) return { people: seen.people, fromMs };
  }
  return null;
}

/** The instants since another at which a turn began. */
function turnStarts(atMs: number, sinceMs: number, startOfTurn: (atMs: number) => number | null): number[] {
  const found: number[] = [];
  for (let start = startOfTurn(atMs); start !== null && start > sinceMs; start = startOfTurn(start - 1)) {
    found.push(start);
  }
  return found;
}

function stretches({ rotation, shifts, zone }: CalendarRoster): StretchAt {
  const turns = compileRotation(rotation, zone);
  const fixed = shifts.map(({ people, fromWallMs, untilWallMs }) => {
    const [fromMs, untilMs] = [instantOfWallClock(fromWallMs, zone), instantOfWallClock(untilWallMs, zone)];
    return { people, fromMs, untilMs };
  });
  return (atMs) => {
    const covering = fixed.findLastIndex(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
    const shift = fixed[covering];
    const base: Stretch = shift ?? turns.at(atMs);
    // Only what is listed later takes over from a shift.
    const later = fixed.slice(covering + 1).flatMap(({ fromMs }) => (fromMs > atMs ? [fromMs] : []));
    const ends = [...(base.untilMs === null ? [] : [base.untilMs]), ...later];
    return { people: base.people, untilMs: ends.length > 0 ? Math.min(...ends) : null };
  };
}

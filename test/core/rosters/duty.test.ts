import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CalendarRoster, compileCalendar, firstGap, onDuty } from "../../../core/rosters/index.ts";
import { parseWallClock, wallClockMs } from "../../../core/time/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function aRoster(overrides: Partial<CalendarRoster> = {}): CalendarRoster {
  return {
    ...{ kind: "calendar", name: "dba", title: "DBA", zone: "Asia/Shanghai", shifts: [], overlapMs: 0 },
    rotation: {
      startWallMs: wall("2026-11-02T10:00"),
      everyMs: 7 * 24 * HOUR_MS,
      turns: [["zhang"], ["li"], ["wang", "chen"]],
    },
    ...overrides,
  };
}

function wall(text: string): number {
  const ms = parseWallClock(text);
  assert.ok(ms !== null);
  return ms;
}

function at(roster: CalendarRoster, instant: string) {
  return compileCalendar(roster).at(Date.parse(instant));
}

test("the first turn begins at hand-over time of its first day, and nobody is on duty before", () => {
  const before = at(aRoster(), "2026-11-02T09:59:59+08:00");
  assert.deepEqual(before.people, []);
  assert.deepEqual(before.next, { people: ["zhang"], fromMs: Date.parse("2026-11-02T10:00:00+08:00") });
  assert.deepEqual(at(aRoster(), "2026-11-02T10:00:00+08:00").people, ["zhang"]);
});

test("turns come one after another for ever, and a turn may be several people's", () => {
  assert.deepEqual(at(aRoster(), "2026-11-09T10:00:00+08:00").people, ["li"]);
  assert.deepEqual(at(aRoster(), "2026-11-16T10:00:00+08:00").people, ["wang", "chen"]);
  assert.deepEqual(at(aRoster(), "2031-09-01T10:00:00+08:00").people, ["zhang"]);
});

test("tells until when, and who is next", () => {
  const { untilMs, next } = at(aRoster(), "2026-11-05T00:00:00+08:00");
  assert.equal(untilMs, Date.parse("2026-11-09T10:00:00+08:00"));
  assert.deepEqual(next, { people: ["li"], fromMs: untilMs });
});

test("hand-over stays at its time of the day when the clocks change", () => {
  const rotation = { startWallMs: wall("2026-10-20T10:00"), everyMs: 24 * HOUR_MS, turns: [["a"], ["b"]] };
  const roster = aRoster({ zone: "Europe/Berlin", rotation });
  assert.equal(at(roster, "2026-10-24T12:00:00Z").untilMs, Date.parse("2026-10-25T10:00:00+01:00"));
  assert.equal(at(roster, "2026-10-25T12:00:00Z").untilMs, Date.parse("2026-10-26T10:00:00+01:00"));
});

const CHRISTMAS = {
  fromWallMs: wall("2026-12-24T10:00"),
  untilWallMs: wall("2026-12-26T10:00"),
  people: ["zhao"],
};
const DAY = {
  fromWallMs: wall("2026-12-25T00:00"),
  untilWallMs: wall("2026-12-26T00:00"),
  people: ["qian"],
};

test("a shift goes before the rotation, and the last of several before those listed above it", () => {
  const roster = aRoster({ shifts: [CHRISTMAS, DAY] });
  assert.deepEqual(at(roster, "2026-12-24T10:00:00+08:00").people, ["zhao"]);
  assert.deepEqual(at(roster, "2026-12-25T12:00:00+08:00").people, ["qian"]);
  assert.deepEqual(at(roster, "2026-12-26T01:00:00+08:00").people, ["zhao"]);
  assert.deepEqual(at(aRoster({ shifts: [DAY, CHRISTMAS] }), "2026-12-25T12:00:00+08:00").people, ["zhao"]);
});

test("those before still count for the time of hand-over, and not a moment longer", () => {
  const roster = aRoster({ overlapMs: 30 * MINUTE_MS });
  assert.deepEqual(at(roster, "2026-11-09T10:00:00+08:00").leaving, ["zhang"]);
  assert.deepEqual(onDuty(at(roster, "2026-11-09T10:29:59+08:00")), ["li", "zhang"]);
  assert.deepEqual(at(roster, "2026-11-09T10:30:00+08:00").leaving, []);
});

test("finds the time after the last shift in which nobody is on duty", () => {
  const { rotation: _, ...fixed } = aRoster({ shifts: [CHRISTMAS] });
  const gap = firstGap(compileCalendar(fixed), Date.parse("2026-12-25T00:00:00+08:00"), 30 * 24 * HOUR_MS);
  assert.deepEqual(gap, { fromMs: Date.parse("2026-12-26T10:00:00+08:00"), untilMs: null });
});

test("finds no gap in a rotation that has begun", () => {
  const calendar = compileCalendar(aRoster({ shifts: [CHRISTMAS] }));
  assert.equal(firstGap(calendar, Date.parse("2026-11-03T00:00:00+08:00"), 90 * 24 * HOUR_MS), null);
});

test("one person alone has no hand-over, but for a shift however far off", () => {
  const rotation = { startWallMs: wall("2026-11-02T10:00"), everyMs: HOUR_MS, turns: [["zhang"], ["zhang"]] };
  assert.equal(at(aRoster({ rotation }), "2026-11-05T00:00:00Z").untilMs, null);
  const far = { ...DAY, fromWallMs: wall("2030-01-01T00:00"), untilWallMs: wall("2030-01-02T00:00") };
  const { next } = at(aRoster({ rotation, shifts: [far] }), "2026-11-05T00:00:00Z");
  assert.deepEqual(next, { people: ["qian"], fromMs: Date.parse("2029-12-31T16:00:00Z") });
});

// The reference: walks minute by minute through some days and remembers the latest that the wall has shown.
const DAYS = [
  ["Europe/Berlin", "2026-10-24T00:00"],
  ["Europe/Berlin", "2026-03-28T00:00"],
  ["Australia/Lord_Howe", "2026-10-03T00:00"],
  ["Australia/Lord_Howe", "2026-04-04T00:00"],
  ["Asia/Shanghai", "2026-11-02T00:00"],
] as const;
const WALKED = 4 * 1_440;

/** The clocks of those days are changed within these minutes. */
const AROUND_CHANGES = [1_620, 2_160].flatMap((from) => Array.from({ length: 9 }, (_, i) => from + i * 15));
const shownOf = new Map<string, number[]>();

function walk(roster: CalendarRoster, sinceMs: number): string[][] {
  const place = `${roster.zone} ${sinceMs}`;
  const shown = shownOf.get(place) ?? walls(roster.zone, sinceMs);
  shownOf.set(place, shown);
  return shown.map((wallMs) => whose(roster, wallMs));
}

function walls(zone: string, sinceMs: number): number[] {
  let shown = Number.NEGATIVE_INFINITY;
  return Array.from({ length: WALKED }, (_, minute) => {
    shown = Math.max(shown, wallClockMs(sinceMs + minute * MINUTE_MS, zone));
    return shown;
  });
}

function whose({ rotation, shifts }: CalendarRoster, shown: number): string[] {
  const shift = shifts.filter(({ fromWallMs, untilWallMs }) => shown >= fromWallMs && shown < untilWallMs);
  const last = shift.at(-1);
  if (last) return [...last.people];
  if (!rotation || shown < rotation.startWallMs) return [];
  const turn = Math.floor((shown - rotation.startWallMs) / rotation.everyMs);
  return [...(rotation.turns[turn % rotation.turns.length] ?? [])];
}

const key = (people: readonly string[]) => [...people].sort().join(" ");
const people = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 2 });
const quarter = (count: number) => count * 15 * MINUTE_MS;
const shift = fc.record({
  from: fc.integer({ min: -10, max: 300 }),
  length: fc.integer({ min: 1, max: 200 }),
  people,
});
const drawn = fc.record({
  days: fc.constantFrom(...DAYS),
  start: fc.option(fc.integer({ min: 0, max: 200 })),
  every: fc.oneof(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 200 })),
  turns: fc.array(people, { minLength: 1, maxLength: 3 }),
  shifts: fc.array(shift, { maxLength: 4 }),
  overlap: fc.integer({ min: 0, max: 8 }),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function rosterOf({ days: [zone, day], start, every, turns, shifts, overlap }: Drawn): CalendarRoster {
  const dayMs = wall(day);
  const fixed = shifts.map(({ from, length, people: on }) => {
    const fromWallMs = dayMs + quarter(from);
    return { fromWallMs, untilWallMs: fromWallMs + quarter(length), people: on };
  });
  const roster = { zone, shifts: fixed, overlapMs: quarter(overlap) };
  if (start === null) return { kind: "calendar", name: "r", title: "r", ...roster };
  return aRoster({
    ...roster,
    rotation: { startWallMs: dayMs + quarter(start), everyMs: quarter(every), turns },
  });
}

function assertSame(given: Drawn, minute: number, seen: readonly string[][]): void {
  const sinceMs = wall(given.days[1]) - 12 * HOUR_MS;
  const duty = compileCalendar(rosterOf(given)).at(sinceMs + minute * MINUTE_MS);
  const now = key(seen[minute] ?? []);
  assert.equal(key(duty.people), now);
  const change = seen.findIndex((one, index) => index > minute && key(one) !== now);
  if (change >= 0) assert.equal(duty.untilMs, sinceMs + change * MINUTE_MS);
  else assert.ok(duty.untilMs === null || duty.untilMs >= sinceMs + WALKED * MINUTE_MS);
  // The minute that lies so far back is in part nearer than that; with no overlap it is the same minute.
  const sinceMinute = minute - given.overlap * 15;
  if (sinceMinute < 0) return;
  assert.equal(key(onDuty(duty)), key([...new Set(seen.slice(sinceMinute, minute + 1).flat())]));
}

test("says the same as a walk from minute to minute, across changes of the clock", () => {
  const minutes = fc.array(fc.integer({ min: 0, max: WALKED - 1 }), { minLength: 8 });
  fc.assert(
    fc.property(drawn, minutes, (given, asked) => {
      const seen = walk(rosterOf(given), wall(given.days[1]) - 12 * HOUR_MS);
      for (const minute of [...asked, ...AROUND_CHANGES]) assertSame(given, minute, seen);
    }),
    { numRuns: 200 },
  );
});

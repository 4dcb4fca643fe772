import { zoneFormatters } from "./zone-formatters.ts";

const DAY_MS = 86_400_000;
const formatterOf = zoneFormatters("en-US", {
  ...{ hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
});

/**
 * What the clock on the wall of an IANA zone shows at an instant, as the milliseconds that the same date and
 * time would have in UTC. Whole seconds.
 */
export function wallClockMs(atMs: number, zone: string): number {
  const part = new Map<string, number>();
  for (const { type, value } of formatterOf(zone).formatToParts(atMs)) part.set(type, Number(value));
  const of = (type: string) => part.get(type) ?? 0;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

/**
 * The first instant at which the clock on the wall of a zone shows this time or a later one. A time that a
 * change of the clock leaves out is the moment of that change; of one that comes twice it is the first.
 */
export function instantOfWallClock(wallMs: number, zone: string): number {
  const before = offsetAt(wallMs - DAY_MS, zone);
  const after = offsetAt(wallMs + DAY_MS, zone);
  const byBefore = wallMs - before;
  if (offsetAt(byBefore, zone) === before) return byBefore;
  const byAfter = wallMs - after;
  if (offsetAt(byAfter, zone) === after) return byAfter;
  return changeBetween(byAfter, byBefore, zone);
}

/** A date with a time of the day, such as `2026-12-24T10:00`, as `wallClockMs` gives it; null for anything else. */
export function parseWallClock(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}:00Z`);
  // Some engines roll 30 February over into March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 16) !== text ? null : ms;
}

/** The last instant at which the clock had not been changed yet lies between the two; the first after it. */
function changeBetween(fromMs: number, untilMs: number, zone: string): number {
  const changed = offsetAt(untilMs, zone);
  let [low, high] = [fromMs, untilMs];
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (offsetAt(middle, zone) === changed) high = middle;
    else low = middle;
  }
  return high;
}

function offsetAt(atMs: number, zone: string): number {
  return wallClockMs(atMs, zone) - Math.floor(atMs / 1_000) * 1_000;
}

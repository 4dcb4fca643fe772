import { wallClockMs } from "../../core/time/index.ts";

const DATE_TIME =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** What most senders write, of a day that every month has: it stands as it came. */
const PLAIN_UTC =
  /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** How Go writes that there is none, as of every alert that still fires. */
const NO_TIME = "0001-01-01T00:00:00Z";
const ONE_MINUTE_MS = 60_000;
const LARGEST_OFFSET_MS = 14 * 60 * ONE_MINUTE_MS;
/** Senders write 1970, or the year 1, for "none". */
const FIRST_REAL_YEAR = 1970;
const FIRST_REAL_MS = Date.UTC(1971, 0, 1);
const LAST_REAL_MS = Date.UTC(9999, 11, 31);

/** No unit that is read gives a number of more digits: nanoseconds have 19. */
const MAX_UNIX = 1e19;

/**
 * A sender's time as ISO 8601 in UTC with all its digits; undefined for none, for times that mean none
 * (0, 1970, the year 1) and for text that is no time, such as a 61st minute or a leap second. Reads RFC 3339 with
 * `T` or a blank, local time in `zone`, and Unix seconds, milliseconds, microseconds or nanoseconds as a number or as
 * digits.
 */
export function readTime(value: unknown, zone: string): string | undefined {
  if (typeof value === "number") return fromUnix(value);
  if (typeof value !== "string" || value === NO_TIME) return undefined;
  if (PLAIN_UTC.test(value)) return value;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d+)?$/.test(text)) return fromUnix(Number(text));
  const match = DATE_TIME.exec(text);
  return match ? fromParts(match, zone) : undefined;
}

function fromUnix(value: number): string | undefined {
  if (!(value > 0 && value < MAX_UNIX)) return undefined;
  let ms = value * 1000;
  // A time in seconds has at most 11 digits until the year 5138; each finer unit has three more.
  while (ms >= 1e14) ms /= 1000;
  return isReal(ms) ? new Date(Math.round(ms)).toISOString() : undefined;
}

function fromParts(match: RegExpExecArray, zone: string): string | undefined {
  if (Number(match[1]) < FIRST_REAL_YEAR) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(numberOf);
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute, second);
  if (!isReal(asUtcMs) || new Date(asUtcMs).getUTCDate() !== day || month > 12) return undefined;
  if (hour > 24 || minute > 59 || second > 59) return undefined;
  const ms = asUtcMs - offsetMs(match[8], asUtcMs, zone);
  if (!isReal(ms)) return undefined;
  const fraction = match[7];
  return new Date(ms).toISOString().replace(".000Z", fraction ? `.${fraction}Z` : "Z");
}

function numberOf(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}

function isReal(ms: number): boolean {
  return ms >= FIRST_REAL_MS && ms <= LAST_REAL_MS;
}

/** NaN for an offset that no zone has. */
function offsetMs(offset: string | undefined, asUtcMs: number, zone: string): number {
  if (offset === undefined) return zoneOffsetMs(asUtcMs, zone);
  if (offset.toUpperCase() === "Z") return 0;
  const sign = offset.startsWith("-") ? -1 : 1;
  const digits = offset.replace(/\D/g, "");
  const minutes = Number(digits.slice(2));
  const ms = (Number(digits.slice(0, 2)) * 60 + minutes) * ONE_MINUTE_MS;
  return minutes > 59 || ms > LARGEST_OFFSET_MS ? Number.NaN : sign * ms;
}

/** What must be taken from a local time to get UTC. The second look corrects a guess across a clock change. */
function zoneOffsetMs(localMs: number, zone: string): number {
  const guess = offsetAt(localMs, zone);
  return offsetAt(localMs - guess, zone);
}

function offsetAt(utcMs: number, zone: string): number {
  return wallClockMs(utcMs, zone) - utcMs;
}

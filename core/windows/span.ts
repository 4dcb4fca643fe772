import { localMinute, WEEKDAYS, type Weekday } from "./local-time.ts";

/** When something holds. Times of the day are minutes since midnight by the clock of a zone. */
export type Span =
  /** From each time of a cron expression of five fields on, for so long. */
  | { kind: "cron"; cron: string; zone: string; forMs: number }
  /** Once, from an instant (inclusive) until another (exclusive). */
  | { kind: "once"; fromMs: number; untilMs: number }
  /** On some days of each week. An end that is not after the beginning is on the next day. */
  | { kind: "weekly"; days: readonly Weekday[]; fromMinute: number; untilMinute: number; zone: string };

/** A span that can be asked. */
export interface CompiledSpan {
  /** When the span ends that an instant lies in, in milliseconds; null outside. */
  endAt(atMs: number): number | null;
}

/** Whether a cron expression's minute begins at an instant that is a whole minute. */
export type CronTimes = (minuteMs: number) => boolean;

/** Makes the times of a cron expression in a zone; both were checked before. */
export type CronReader = (expression: string, zone: string) => CronTimes;

/** The longest that a span of a cron expression may last. */
export const MAX_CRON_SPAN_MS = 7 * 86_400_000;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Minutes whose answer is kept: a month. */
const KEPT_MINUTES = 44_640;

/** Compiles a span. Pure for the caller: the same instant gives the same answer. */
export function compileSpan(span: Span, cron: CronReader): CompiledSpan {
  switch (span.kind) {
    case "once":
      return { endAt: (atMs) => (atMs >= span.fromMs && atMs < span.untilMs ? span.untilMs : null) };
    case "weekly":
      return { endAt: (atMs) => weeklyEnd(span, atMs) };
    case "cron":
      return cronSpan(cron(span.cron, span.zone), span.forMs);
    default:
      return span satisfies never;
  }
}

function weeklyEnd(span: Extract<Span, { kind: "weekly" }>, atMs: number): number | null {
  const { days, fromMinute, untilMinute, zone } = span;
  const { weekday, minute } = localMinute(atMs, zone);
  const length = untilMinute > fromMinute ? untilMinute - fromMinute : untilMinute + DAY_MINUTES - fromMinute;
  // What began today, then what began yesterday and goes on past midnight.
  for (const [day, since] of [
    [weekday, minute - fromMinute],
    [dayBefore(weekday), minute + DAY_MINUTES - fromMinute],
  ] as const) {
    if (!days.includes(day) || since < 0 || since >= length) continue;
    const minuteMs = atMs - (atMs % MINUTE_MS);
    return minuteMs + (length - since) * MINUTE_MS;
  }
  return null;
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7] ?? day;
}

/** Events come in the order of time, thousands in one minute, so that each minute is looked up once. */
function cronSpan(starts: CronTimes, forMs: number): CompiledSpan {
  const known = new Map<number, boolean>();
  const ends = new Map<number, number | null>();
  const startsIn = (minute: number): boolean => {
    const found = known.get(minute) ?? starts(minute * MINUTE_MS);
    remember(known, minute, found);
    return found;
  };
  const lastEnd = (minute: number): number | null => {
    const first = minute - Math.ceil(forMs / MINUTE_MS);
    for (let at = minute; at >= first; at--) if (startsIn(at)) return at * MINUTE_MS + forMs;
    return null;
  };
  return {
    endAt: (atMs) => {
      const minute = Math.floor(atMs / MINUTE_MS);
      const end = ends.has(minute) ? (ends.get(minute) ?? null) : lastEnd(minute);
      remember(ends, minute, end);
      return end !== null && atMs < end ? end : null;
    },
  };
}

function remember<T>(known: Map<number, T>, minute: number, value: T): void {
  if (known.size >= KEPT_MINUTES) known.clear();
  known.set(minute, value);
}

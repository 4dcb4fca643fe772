import type { Clock, Logger } from "../../core/ports/index.ts";

export interface EvenClockParts {
  clock: Clock;
  /** Milliseconds that have passed since some moment, whatever is done to the clock. */
  elapsedMs: () => number;
  log: Logger;
}

/** So long a clock has gone evenly before anything is forgotten by it. One that was wrong at the start is set within minutes. */
const EVEN_MS = 15 * 60_000;
/** A leap as short as this forgets nothing too soon. */
const SHORT_LEAP_MS = 60_000;

/**
 * Tells, each time it is asked, whether the clock may be relied on to forget what is old. After a leap of months, by a
 * mistake or out of the sleep of a machine, everything would seem to be.
 */
export function evenClock({ clock, elapsedMs, log }: EvenClockParts): () => boolean {
  const read = () => ({ wallMs: clock.nowMs(), atMs: elapsedMs() });
  let last = read();
  let sinceMs = last.atMs;
  return () => {
    const now = read();
    const leapMs = now.wallMs - last.wallMs - (now.atMs - last.atMs);
    last = now;
    if (Math.abs(leapMs) > SHORT_LEAP_MS) {
      sinceMs = now.atMs;
      log.warn(
        { leapMs: Math.round(leapMs) },
        "the clock leapt: for a quarter of an hour nothing old is forgotten",
      );
    }
    return now.atMs - sinceMs >= EVEN_MS;
  };
}

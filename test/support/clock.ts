import type { Clock } from "../../core/ports/index.ts";

/** A clock that stands still until the test moves it, forwards or back. */
export interface MovableClock extends Clock {
  /** Jumps to an instant, in milliseconds; it may be an earlier one. */
  set(nowMs: number): void;
  /** Moves by some milliseconds; a negative number moves back. */
  advance(byMs: number): void;
}

/** 2026-11-01T00:00:00Z: where test clocks start unless told otherwise. */
export const START_MS = Date.UTC(2026, 10, 1);

/** Makes a clock that stands at `startMs`. */
export function movableClock(startMs: number = START_MS): MovableClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    set: (toMs) => {
      nowMs = toMs;
    },
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}

/**
 * What the outcomes of real requests to one cluster come to. While it is open nothing but looks is sent there: whoever
 * wants something hears at once that it was not sent, and does not wait for a timeout.
 */
export interface Breaker {
  /** Requests in a row that failed. */
  failures: number;
  /** Starts in a row of which it is not known that they were taken. */
  failedStarts: number;
  /** When the last of either failed. */
  failedMs: number;
  isOpen: boolean;
}

/** What became of one request. `look`: a probe, which is sent even while the breaker is open. */
export interface RequestOutcome {
  what: "read" | "start" | "look";
  isGood: boolean;
}

export const CLOSED_BREAKER: Breaker = { failures: 0, failedStarts: 0, failedMs: 0, isOpen: false };

/** From so many failures in a row on it is open. */
export const FAILURES_IN_A_ROW = 5;
/** Failures further apart than this are not in a row. */
export const ROW_MS = 60_000;

/** Takes one outcome in. One that is good closes it; that starts fail is forgotten by a good start alone, or in time. */
export function afterRequest(before: Breaker, { what, isGood }: RequestOutcome, nowMs: number): Breaker {
  if (isGood) {
    const failedStarts = what === "start" ? 0 : startsFailing(before, nowMs);
    return { ...before, failures: 0, failedStarts, isOpen: false };
  }
  const inRow = Math.abs(nowMs - before.failedMs) < ROW_MS;
  const failures = (inRow ? before.failures : 0) + 1;
  const failedStarts = startsFailing(before, nowMs) + (what === "start" ? 1 : 0);
  return {
    failures,
    failedStarts,
    failedMs: nowMs,
    isOpen: before.isOpen || failures >= FAILURES_IN_A_ROW,
  };
}

/** Starts in a row that failed, as long as that is fresh. */
export function startsFailing({ failedStarts, failedMs }: Breaker, nowMs: number): number {
  return Math.abs(nowMs - failedMs) < ROW_MS ? failedStarts : 0;
}

/** An answer about who is on duty, and when it was given. */
export interface DutyAnswer {
  people: readonly string[];
  atMs: number;
}

/** An older answer says nothing about who is on duty now. */
export const MAX_STALE_MS = 3_600_000;

/**
 * What the last answer of a look-up is good for. `fresh`: nobody needs to be asked again. `stale`: it counts when
 * asking anew fails. `none`: there is no answer, or it is too old to count.
 */
export type Standing = "fresh" | "stale" | "none";

/** How an answer stands at an instant. One of the future, of a clock that was put back, is not fresh. */
export function standingOf(answer: DutyAnswer | null, nowMs: number, cacheMs: number): Standing {
  if (answer === null || nowMs >= answer.atMs + MAX_STALE_MS) return "none";
  return nowMs >= answer.atMs && nowMs < answer.atMs + cacheMs ? "fresh" : "stale";
}

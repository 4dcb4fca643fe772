import { LRUCache } from "lru-cache";

/** What is known of one that has to wait. */
export interface Waiting {
  nowMs: number;
  /** When what it waits for is there next. */
  freeAtMs: number;
  /** How often there is another. */
  perMessageMs: number;
}

/** So long something waits at most before it is looked at again, whatever stands before it. */
const LONGEST_WAIT_MS = 10 * 60_000;
const MOST_KNOWN = 10_000;

/**
 * Gives those that wait for the same thing places one after the other, so that thousands do not all come back for
 * the next one. Only a guess at the time: what comes back decides anew.
 */
export function createPace(): { place(what: string, waiting: Waiting): number } {
  const last = new LRUCache<string, number>({ max: MOST_KNOWN });
  return {
    place: (what, { nowMs, freeAtMs, perMessageMs }) => {
      const known = last.get(what) ?? 0;
      // No place is that far ahead but one that was given before the clock was set back.
      const before = known - nowMs > LONGEST_WAIT_MS ? 0 : known;
      const next = Math.max(freeAtMs, before + perMessageMs);
      const at = next - nowMs > LONGEST_WAIT_MS ? nowMs + LONGEST_WAIT_MS : next;
      last.set(what, Math.max(before, at));
      return at;
    },
  };
}

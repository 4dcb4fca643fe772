/** What decides the wait before the next try. */
export interface BackoffInput {
  /** How often it was tried already; 1 after the first failure. Whole, at least 1. */
  attempt: number;
  /** Upper edge of the first wait, in milliseconds. */
  baseMs: number;
  /** No wait of our own is longer, in milliseconds. */
  maxMs: number;
  /** A number from 0 up to, not including, 1. */
  random: number;
  /** What the other side asked for, in milliseconds; it wins, even beyond `maxMs`. */
  retryAfterMs?: number;
}

/**
 * How long to wait before the next try, in milliseconds: what the server asked for, else a random share of
 * `baseMs` doubled with each attempt, so that many callers who failed together do not come back together.
 */
export function nextDelayMs(input: BackoffInput): number {
  const asked = input.retryAfterMs;
  if (asked !== undefined && Number.isFinite(asked) && asked >= 0) return Math.ceil(asked);
  const doublings = Math.max(0, Math.floor(input.attempt) - 1);
  const edgeMs = Math.min(input.maxMs, input.baseMs * 2 ** doublings);
  return Math.floor(edgeMs * input.random);
}

const YOUNG_MS = 30_000;
const MIDDLE_MS = 300_000;

/** How soon what is restless is asked about again. */
export const RESTLESS_POLL_MS = 1_000;

interface Pace {
  youngMs: number;
  middleMs: number;
  oldMs: number;
}

/** Where nothing else tells that something moved (reference/stackstorm.md section 8). */
const ALONE: Pace = { youngMs: RESTLESS_POLL_MS, middleMs: 5_000, oldMs: 30_000 };
/** Where a stream tells it: only what it fails to tell is found by asking. */
const BESIDE_STREAM: Pace = { youngMs: 5_000, middleMs: 30_000, oldMs: 60_000 };

/** How long, at most, until an execution of this age is asked about again. */
export function pollDelayMs(ageMs: number, isTold = false): number {
  const { youngMs, middleMs, oldMs } = isTold ? BESIDE_STREAM : ALONE;
  if (ageMs < YOUNG_MS) return youngMs;
  return ageMs < MIDDLE_MS ? middleMs : oldMs;
}

/** Into so many instants a delay is divided: what falls due at the same one shares requests. */
const INSTANTS = 20;

/**
 * When it is asked about again: at one of a few instants in the second half of the delay, so that executions that were
 * asked about together spread out, and yet go a hundred to a request. `random` is from 0 up to 1.
 */
export function pollAtMs(nowMs: number, delayMs: number, random: number): number {
  const stepMs = delayMs / INSTANTS;
  const atMs = nowMs + delayMs * (0.5 + random / 2);
  return Math.max(nowMs + 1, Math.floor(atMs / stepMs) * stepMs);
}

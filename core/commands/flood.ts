/** What is remembered of how often one person writes. */
export interface Pace {
  /** How many more messages may come at once, as of `atMs`. */
  left: number;
  atMs: number;
  /** Whether they were told that it is too much, since they last wrote at a bearable pace. */
  told: boolean;
}

/** `told`: it is too much, and this message is answered by saying so, once; further ones are not answered. */
export type PaceOutcome = "answered" | "told" | "dropped";

/** So many messages at once, and then one every two seconds: WeCom shows a member 30 a minute. */
const BURST = 20;
const ONE_PER_MS = 2_000;

/** Judges one more message of a person. A clock that goes back takes nothing away and gives nothing. */
export function pace(before: Pace | undefined, nowMs: number): { outcome: PaceOutcome; after: Pace } {
  const { left, atMs, told } = before ?? { left: BURST, atMs: nowMs, told: false };
  const grown = Math.min(BURST, left + Math.max(0, nowMs - atMs) / ONE_PER_MS);
  const after = { left: grown, atMs: Math.max(nowMs, atMs) };
  if (grown >= 1)
    return { outcome: "answered", after: { ...after, left: grown - 1, told: told && grown < BURST / 2 } };
  return { outcome: told ? "dropped" : "told", after: { ...after, told: true } };
}

import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits while intake is crowded, but no longer than this: an event that was answered is safe, so that taking
 * the next one comes before judging and archiving it, which go on at a part of their speed.
 */
export async function giveWay(crowded: () => boolean, longestMs: number): Promise<void> {
  const endMs = performance.now() + longestMs;
  while (crowded() && performance.now() < endMs) await pause(10);
}

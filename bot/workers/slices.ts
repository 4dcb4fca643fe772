import { setImmediate as turnOfOthers } from "node:timers/promises";

/**
 * Cuts long work into slices: awaited between two steps, it gives everything else of the process a turn once the
 * steps since the last turn took longer than this.
 */
export function slices(lengthMs: number): () => Promise<void> {
  let endMs = performance.now() + lengthMs;
  return async () => {
    if (performance.now() < endMs) return;
    await turnOfOthers();
    endMs = performance.now() + lengthMs;
  };
}

import type { Task } from "../tasks/index.ts";

/**
 * The person of the order or offer that a task came from; null for what a rule made, now or in a replay, and for what
 * the command line of the machine asked for.
 */
export function requesterOf({ origin }: Task): string | null {
  return origin.kind === "offer" || origin.kind === "retry" ? origin.by : null;
}

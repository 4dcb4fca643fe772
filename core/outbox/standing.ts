import type { OutboxWaiting } from "../ports/task-store.ts";

export const OUTBOX_STANDINGS = ["sending", "due", "later", "budget", "channel", "retry"] as const;
/**
 * What a message waits for: its sending under way, its turn, its time, room in somebody's budget, a channel that
 * refuses everything, or the next try after a failure.
 */
export type OutboxStanding = (typeof OUTBOX_STANDINGS)[number];

/** Code of the failure of what finds no room in a budget. */
export const BUDGET_SHORT = "outbox.budget_short";
/** Code of the failure of what is not even tried while the channel refuses everything. */
export const CHANNEL_CLOSED = "outbox.channel_closed";

/** What a message waits for. The reason it was put back for begins with the code of the failure. */
export function standingOf({ heldUntilMs, dueAtMs, why }: OutboxWaiting, nowMs: number): OutboxStanding {
  if (heldUntilMs !== undefined) return "sending";
  if (dueAtMs <= nowMs) return "due";
  if (why === undefined) return "later";
  if (why.startsWith(`${BUDGET_SHORT}:`)) return "budget";
  return why.startsWith(`${CHANNEL_CLOSED}:`) ? "channel" : "retry";
}

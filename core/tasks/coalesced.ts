import type { Grant } from "../throttle/bucket.ts";
import type { Task } from "./task.ts";

/**
 * A task as it is stored with the answer to its wish for a token: one of a rule that coalesces carries how many
 * its throttle held back before it.
 */
export function withGrant(task: Task, grant: Grant | undefined): Task {
  if (task.coalesced === undefined || grant === undefined) return task;
  return { ...task, coalesced: grant.heldBefore };
}

import type { WhaleEvent } from "../events/event.ts";
import { isOfPerson } from "./origin.ts";
import type { Task, TaskState } from "./task.ts";

/** States in which a task waits: nobody has asked for a start of it, if it never had one. */
export const WAITING_STATES = [
  "held",
  "pending_approval",
  "approved",
] as const satisfies readonly TaskState[];

/**
 * Whether a recovery is that of the very alert which a rule made this task of. A task that a person asked for
 * by an offer is theirs; one of an earlier or later turn of the same incident is another matter.
 */
export function isOfRecovered(task: Task, recovery: WhaleEvent): boolean {
  const { source, incident, firstEventId } = task.event;
  if (isOfPerson(task) || recovery.recovers === undefined) return false;
  return source === recovery.source && incident === recovery.incident && firstEventId === recovery.recovers;
}

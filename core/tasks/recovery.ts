import type { WhaleEvent } from "../events/event.ts";
import type { Incident } from "../incidents/index.ts";
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

/**
 * Whether the alert that a rule made this task of has recovered since, or fired anew after that, by its incident as it
 * is kept; null: nothing is kept of it. A replay may be of what had recovered long before.
 */
export function isOver(task: Task, incident: Incident | null): boolean {
  if (incident === null || isOfPerson(task)) return false;
  const { firstEventId, state, openedAt, lastAt } = incident;
  const isSame = firstEventId === task.event.firstEventId;
  if (isSame && state === "open") return false;
  return Date.parse(isSame ? lastAt : openedAt) >= task.createdAtMs;
}

import type { Execution } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";

/** One execution that is followed. */
export interface Followed {
  taskId: string;
  cluster: string;
  executionId: string;
  /** As last seen. */
  status: string;
  /** When it was asked for, by our own clock: the cluster's may be wrong by minutes. */
  sinceMs: number;
  /** When this process began to follow it. */
  followedSinceMs: number;
  /** When it was last seen open. */
  openAtMs: number;
  /** How often in a row StackStorm did not know it. */
  misses: number;
  /** How often in a row it could not be read by itself. */
  failures: number;
  /** When its end was first seen; null before. */
  endedAtMs: number | null;
  /** What a list told of it that its task has not heard; null when nothing. */
  brief: Execution | null;
  /** It is to be read by itself rather than in a list. */
  isRestless: boolean;
  /** The stream told of it while it was being read. */
  isHinted: boolean;
}

/** A task's execution as it is followed from now on. */
export function followedOf(
  task: Task,
  { id, cluster, status }: NonNullable<Task["execution"]>,
  nowMs: number,
): Followed {
  return {
    ...{ taskId: task.id, cluster, executionId: id, status },
    ...{ sinceMs: task.start?.intentAtMs ?? nowMs, followedSinceMs: nowMs, openAtMs: nowMs },
    ...{ misses: 0, failures: 0, endedAtMs: null },
    ...{ brief: null, isRestless: false, isHinted: false },
  };
}

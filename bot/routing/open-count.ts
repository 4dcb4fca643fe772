import { errorText } from "../../core/errors.ts";
import type { Logger, TaskStore } from "../../core/ports/index.ts";
import type { Task, TaskState } from "../../core/tasks/index.ts";

/** How many executions that Whale started are open on each cluster. */
export interface OpenCount {
  of(cluster: string): number;
  /** Counts a task there from now on: it is about to start. */
  hold(taskId: string, cluster: string): void;
  /** Takes that back where the task has not started. */
  release(taskId: string): void;
  /** Counts a task as it is stored now. */
  note(task: Task): void;
  /** Counts anew by what is stored: what other processes have started and ended. */
  recount(): Promise<void>;
}

/** States in which a task may have something open. */
const OPEN: readonly TaskState[] = ["starting", "unknown", "running", "paused", "canceling"];
const MOST_OPEN = 100_000;

export interface OpenCountDeps {
  tasks: Pick<TaskStore, "list">;
  log: Logger;
}

/** Makes the count; it is empty until it was counted, and knows of what it is told. */
export function createOpenCount({ tasks, log }: OpenCountDeps): OpenCount {
  const places = new Map<string, string>();
  const counts = new Map<string, number>();
  const held = new Set<string>();

  const put = (taskId: string, cluster: string | null): void => {
    const before = places.get(taskId) ?? null;
    if (before === cluster) return;
    if (before !== null) counts.set(before, (counts.get(before) ?? 1) - 1);
    if (cluster === null) places.delete(taskId);
    else {
      places.set(taskId, cluster);
      counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
    }
  };
  const note = (task: Task): void => {
    held.delete(task.id);
    put(task.id, placeOf(task));
  };
  return {
    of: (cluster) => counts.get(cluster) ?? 0,
    hold: (taskId, cluster) => {
      held.add(taskId);
      put(taskId, cluster);
    },
    release: (taskId) => {
      if (held.delete(taskId)) put(taskId, null);
    },
    note,
    recount: async () => {
      try {
        const open = await tasks.list({ states: OPEN, limit: MOST_OPEN });
        const seen = new Set(open.map(({ id }) => id));
        for (const taskId of places.keys()) if (!seen.has(taskId) && !held.has(taskId)) put(taskId, null);
        for (const task of open) if (!held.has(task.id)) put(task.id, placeOf(task));
      } catch (error) {
        // What was counted before stays, and is counted anew the next time.
        log.warn({ reason: errorText(error) }, "open executions could not be counted");
      }
    },
  };
}

function placeOf({ state, execution, start }: Task): string | null {
  return OPEN.includes(state) ? (execution?.cluster ?? start?.cluster ?? null) : null;
}

/** What keeps a count in step. */
export interface CountKeeping {
  /** Is there once what is stored was counted. */
  counted: Promise<void>;
  stop(): void;
}

/**
 * Keeps a count in step with what this process moves, and every `recountMs` with other processes; null where there are
 * none.
 */
export function keepOpenCount(
  count: OpenCount,
  advancer: { onMoved(listener: (task: Task) => void): void },
  recountMs: number | null,
): CountKeeping {
  advancer.onMoved((task) => count.note(task));
  const counted = count.recount();
  const timer = recountMs === null ? undefined : setInterval(() => void count.recount(), recountMs);
  return { counted, stop: () => clearInterval(timer) };
}

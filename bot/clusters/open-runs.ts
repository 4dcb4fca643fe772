import { errorText } from "../../core/errors.ts";
import type { Clock, Logger, TaskStore } from "../../core/ports/index.ts";
import type { Task, TaskState } from "../../core/tasks/index.ts";
import type { Advancer } from "../workers/index.ts";

/** What Whale itself has on a cluster. */
export interface OwnRuns {
  /** Everything that is not over. */
  open: number;
  /** Of those, the paused ones. */
  paused: number;
}

/** Whale's own runs by cluster: listed from the store now and then, and moved on with each move of this process. */
export interface OpenRuns {
  of(cluster: string): OwnRuns;
  /** Tasks that have something on a cluster, as far as is known here. */
  tasksOn(cluster: string): readonly string[];
  /** Lists anew where the last list is old. What cannot be listed stays as it was, and is logged. */
  refresh(): Promise<void>;
}

export interface OpenRunsDeps {
  tasks: Pick<TaskStore, "list">;
  advancer: Pick<Advancer, "onMoved">;
  clock: Clock;
  log: Logger;
}

const ON_CLUSTER: readonly TaskState[] = ["starting", "unknown", "running", "paused", "canceling"];
const RELIST_MS = 15_000;
/** Listing takes at most this share of the time. */
const SHARE = 20;
const MOST = 1_000_000;

interface Placed {
  cluster: string;
  state: TaskState;
}

export function createOpenRuns({ tasks, advancer, clock, log }: OpenRunsDeps): OpenRuns {
  let placed = new Map<string, Placed>();
  let nextMs = 0;
  const note = (known: Map<string, Placed>, task: Task) => {
    const cluster = task.execution?.cluster ?? task.start?.cluster;
    if (cluster !== undefined && ON_CLUSTER.includes(task.state))
      known.set(task.id, { cluster, state: task.state });
    else known.delete(task.id);
  };
  // What moves while a list is read may not be in it.
  let meanwhile: Task[] = [];
  advancer.onMoved((task) => {
    note(placed, task);
    meanwhile.push(task);
  });
  return {
    of: (cluster) => {
      const found = [...placed.values()].filter((one) => one.cluster === cluster);
      return { open: found.length, paused: found.filter(({ state }) => state === "paused").length };
    },
    tasksOn: (cluster) => [...placed].flatMap(([id, one]) => (one.cluster === cluster ? [id] : [])),
    refresh: async () => {
      const beganMs = clock.nowMs();
      meanwhile = [];
      if (beganMs < nextMs) return;
      try {
        const fresh = new Map<string, Placed>();
        for (const task of await tasks.list({ states: ON_CLUSTER, limit: MOST })) note(fresh, task);
        for (const task of meanwhile) note(fresh, task);
        placed = fresh;
      } catch (error) {
        log.warn({ reason: errorText(error) }, "runs could not be listed, those known before count");
      }
      meanwhile = [];
      const tookMs = Math.max(0, clock.nowMs() - beganMs);
      nextMs = clock.nowMs() + Math.max(RELIST_MS, tookMs * SHARE);
    },
  };
}

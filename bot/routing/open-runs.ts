import { errorText } from "../../core/errors.ts";
import type { Clock, Logger, TaskStore } from "../../core/ports/index.ts";
import type { Task, TaskState } from "../../core/tasks/index.ts";

/** What Whale itself has on a cluster. */
export interface OwnRuns {
  /** Everything that is not over, what is about to start among it. */
  open: number;
  /** Of those, the paused ones. */
  paused: number;
}

/** Whale's own runs by cluster: listed from the store now and then, and moved on with each move of this process. */
export interface OpenRuns {
  of(cluster: string): OwnRuns;
  /** Tasks that have something on a cluster, as far as is known here. */
  tasksOn(cluster: string): readonly string[];
  /** Counts a task there from now on: it is about to start. */
  hold(taskId: string, cluster: string): void;
  /** Takes that back where the task has not started. */
  release(taskId: string): void;
  /** Lists anew where the last list is old. What cannot be listed stays as it was, and is logged. */
  refresh(): Promise<void>;
}

export interface OpenRunsDeps {
  tasks: Pick<TaskStore, "list">;
  advancer: { onMoved(listener: (task: Task) => void): void };
  /** Whether no other process moves tasks: then one list is enough, since every move is heard of. */
  isAlone: boolean;
  clock: Clock;
  log: Logger;
}

/** States in which a task may have something open. */
const ON_CLUSTER: readonly TaskState[] = ["starting", "unknown", "running", "paused", "canceling"];
const RELIST_MS = 15_000;
/** Listing takes at most this share of the time. */
const SHARE = 50;
const MOST = 1_000_000;

interface Placed {
  cluster: string;
  /** `held`: about to start. */
  state: TaskState | "held";
}

/** Makes the count. It is empty until it was refreshed, and knows of what has moved since it was made. */
export function createOpenRuns({ tasks, advancer, isAlone, clock, log }: OpenRunsDeps): OpenRuns {
  const places = new Map<string, Placed>();
  const counts = new Map<string, OwnRuns>();
  /** What changed while a list is read: the list may be older. Null while none is read. */
  let meanwhile: Set<string> | null = null;
  let nextMs = 0;
  let listing: Promise<void> | null = null;
  const add = ({ cluster, state }: Placed, by: 1 | -1): void => {
    const { open, paused } = counts.get(cluster) ?? { open: 0, paused: 0 };
    counts.set(cluster, { open: open + by, paused: paused + (state === "paused" ? by : 0) });
  };
  const put = (taskId: string, place: Placed | null): void => {
    const before = places.get(taskId);
    if (before) add(before, -1);
    if (place) add(place, 1);
    if (place) places.set(taskId, place);
    else places.delete(taskId);
  };
  const change = (taskId: string, place: Placed | null): void => {
    meanwhile?.add(taskId);
    put(taskId, place);
  };
  const isHeld = (taskId: string) => places.get(taskId)?.state === "held";
  advancer.onMoved((task) => change(task.id, placeOf(task)));
  const relist = async (): Promise<void> => {
    const changed = new Set<string>();
    meanwhile = changed;
    const listed = await tasks.list({ states: ON_CLUSTER, limit: MOST });
    const fresh = new Map(listed.map((task) => [task.id, placeOf(task)]));
    const isNewer = (taskId: string) => changed.has(taskId) || isHeld(taskId);
    for (const taskId of places.keys()) if (!fresh.has(taskId) && !isNewer(taskId)) put(taskId, null);
    for (const [taskId, place] of fresh) if (!isNewer(taskId)) put(taskId, place);
  };
  const refresh = async (): Promise<void> => {
    const beganMs = clock.nowMs();
    try {
      await relist();
      const tookMs = Math.max(0, clock.nowMs() - beganMs);
      nextMs = isAlone ? Number.POSITIVE_INFINITY : clock.nowMs() + Math.max(RELIST_MS, tookMs * SHARE);
    } catch (error) {
      nextMs = clock.nowMs() + RELIST_MS;
      log.warn({ reason: errorText(error) }, "runs could not be listed, those known before count");
    } finally {
      meanwhile = null;
    }
  };
  return {
    of: (cluster) => counts.get(cluster) ?? { open: 0, paused: 0 },
    tasksOn: (cluster) => {
      return [...places].flatMap(([id, one]) =>
        one.cluster === cluster && one.state !== "held" ? [id] : [],
      );
    },
    hold: (taskId, cluster) => change(taskId, { cluster, state: "held" }),
    release: (taskId) => {
      if (isHeld(taskId)) change(taskId, null);
    },
    refresh: () => {
      if (clock.nowMs() >= nextMs) {
        listing ??= refresh().finally(() => {
          listing = null;
        });
      }
      return listing ?? Promise.resolve();
    },
  };
}

function placeOf({ state, execution, start }: Task): Placed | null {
  const cluster = execution?.cluster ?? start?.cluster;
  return cluster !== undefined && ON_CLUSTER.includes(state) ? { cluster, state } : null;
}

import type { TaskStore } from "../../core/ports/index.ts";
import { isHeld } from "../../core/stops/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Advancer } from "../workers/index.ts";
import type { StopKeeper } from "./keeper.ts";

export interface ReleaseDeps {
  tasks: Pick<TaskStore, "list">;
  advancer: Pick<Advancer, "advance">;
  stops: Pick<StopKeeper, "refresh" | "current">;
}

/** How many of some tasks a stop keeps from starting now. */
export async function countStopped(tasks: readonly Task[], stops: ReleaseDeps["stops"]): Promise<number> {
  await stops.refresh();
  return tasks.filter((task) => isHeld(stops.current(), task)).length;
}

const MOST = 10_000;

/** Lets go on at once what no stop holds any more; what this misses is looked at when it falls due. */
export async function releaseHeld({ tasks, advancer, stops }: ReleaseDeps): Promise<number> {
  await stops.refresh();
  const held: Task[] = await tasks.list({ states: ["held"], limit: MOST });
  const free = held.filter((task) => !isHeld(stops.current(), task));
  for (const task of free) await advancer.advance(task, { kind: "release" });
  return free.length;
}

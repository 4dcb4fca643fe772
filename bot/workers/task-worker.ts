import { errorText } from "../../core/errors.ts";
import type { Clock, Logger, TaskClaim, TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import type { Controller } from "./controller.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createSlots } from "./slots.ts";
import type { Starter } from "./starter.ts";

export interface TaskWorkerDeps {
  tasks: TaskStore;
  advancer: Advancer;
  starter: Starter;
  controller: Controller;
  clock: Clock;
  log: Logger;
  /** Names this process in leases. */
  holder: string;
}

const CONCURRENT_TASKS = 32;
/**
 * Longer than the looks before a start take, as a rule. Who comes back later is stopped by the compare-and-set of the
 * intent, which ends the lease; what a process that is gone for good held waits for so long.
 */
const LEASE_MS = 60_000;

/** Takes tasks that are due, does the one thing their state asks for, moves them. */
export function startTaskWorker(deps: TaskWorkerDeps): Loop {
  const { tasks, clock, log, holder } = deps;
  const slots = createSlots(CONCURRENT_TASKS, () => loop.wake());

  const work = async (claim: TaskClaim): Promise<void> => {
    try {
      await handle(claim, deps);
    } catch (error) {
      const { task } = claim;
      log.error(
        { taskId: task.id, state: task.state, err: error, reason: errorText(error) },
        "task work failed",
      );
    }
  };

  const round = async () => {
    const free = slots.free();
    if (free === 0) return { more: false, nextDueAtMs: null };
    const claims = await tasks.claimDue(holder, free, LEASE_MS);
    for (const claim of claims) slots.run(() => work(claim));
    const more = claims.length > 0 && slots.free() > 0;
    return { more, nextDueAtMs: tasks.nextDueAtMs };
  };

  const loop = startLoop({ name: "tasks", clock, log, maxIdleMs: 5_000, round });
  return {
    wake: () => loop.wake(),
    stop: async () => {
      await loop.stop();
      await slots.drain();
    },
  };
}

async function handle({ task, fence }: TaskClaim, deps: TaskWorkerDeps): Promise<void> {
  const { advancer, starter } = deps;
  switch (task.state) {
    case "approved":
      return starter.start(task, fence);
    case "starting":
    case "unknown":
      return starter.look(task, fence);
    case "running":
    case "paused":
    case "canceling":
      if (task.control) return deps.controller(task, fence);
      await advancer.advance(task, { kind: "tick" }, { fence });
      return;
    case "held":
      return starter.recheck(task, fence);
    case "pending_approval":
      await advancer.advance(task, { kind: "tick" }, { fence });
      return;
    default:
      // Terminal tasks are never due.
      return;
  }
}

/**
 * After a restart of the only process, starts under way are looked for at once instead of when their answer
 * is overdue: the process that waited for it is gone.
 */
export async function resumeStarts(tasks: TaskStore, starter: Starter): Promise<number> {
  const open: Task[] = await tasks.list({ states: ["starting"], limit: 10_000 });
  await Promise.all(open.map((task) => starter.look(task)));
  return open.length;
}

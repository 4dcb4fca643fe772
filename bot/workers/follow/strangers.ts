import { errorText } from "../../../core/errors.ts";
import type { Clock, Logger, TaskStore } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { type Loop, startLoop } from "../loop.ts";
import { createDueQueue } from "./due-queue.ts";

export interface StrangersDeps {
  tasks: Pick<TaskStore, "get">;
  follow: (task: Task) => void;
  clock: Clock;
  log: Logger;
}

/** Executions that a stream tells of and that other processes have started. */
export interface Strangers {
  /** The stream has told of one with this request id. */
  met(requestId: string): void;
  stop(): Promise<void>;
}

/** Whoever started it follows it at first, and most are over by then. */
const WAIT_MS = 3_000;
const MOST_WAITING = 10_000;
const LOOKED_AT_ONCE = 50;

/** Follows what others have started, a little later, if it still runs then. What is forgotten here is found by listing. */
export function createStrangers({ tasks, follow, clock, log }: StrangersDeps): Strangers {
  const waiting = createDueQueue<string>();
  const look = async (taskId: string) => {
    try {
      const task = await tasks.get(taskId);
      if (task) follow(task);
    } catch (error) {
      log.warn({ taskId, reason: errorText(error) }, "a task that another process started could not be read");
    }
  };
  const loop: Loop = startLoop({
    ...{ name: "follower strangers", clock, log, maxIdleMs: 30_000 },
    round: async () => {
      const due = waiting.take(clock.nowMs(), LOOKED_AT_ONCE);
      await Promise.all(due.map(look));
      return { more: due.length === LOOKED_AT_ONCE, nextDueAtMs: waiting.nextDueAtMs() };
    },
  });
  return {
    met: (requestId) => {
      const taskId = /^(.+)-\d+$/.exec(requestId)?.[1] ?? "";
      // One that waits already keeps its time: news of it may come without end.
      if (taskId === "" || waiting.size >= MOST_WAITING || waiting.pull(taskId, Number.MAX_VALUE)) return;
      waiting.set(taskId, clock.nowMs() + WAIT_MS);
      loop.wake();
    },
    stop: () => loop.stop(),
  };
}

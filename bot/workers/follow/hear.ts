import type { Clock, Execution, Executor, Logger, TaskStore } from "../../../core/ports/index.ts";
import { isEnd, type Task } from "../../../core/tasks/index.ts";
import { type Advancer, isFollowed } from "../advance.ts";
import { judgeEnd } from "../run-end.ts";
import { executionRecord } from "../sighting.ts";
import type { StepObserver } from "../steps.ts";
import type { Followed } from "./followed.ts";

export interface HearDeps {
  tasks: Pick<TaskStore, "get">;
  advancer: Pick<Advancer, "advance">;
  executor: Pick<Executor, "get" | "find" | "reruns" | "retryPolicies">;
  clock: Clock;
  log: Logger;
  onStep: StepObserver;
}

/** What is to become of an execution after its news. */
export type Heard = "over" | "goes_on" | "look_soon";

const MISSES_UNTIL_GONE = 3;

/**
 * Brings one execution's news to its task: what a list told of it, or what is read now where that may be its end, or
 * where lists miss it. News may come twice, late and from several processes: the task decides what is new.
 */
export async function hear(one: Followed, deps: HearDeps): Promise<Heard> {
  const task = await deps.tasks.get(one.taskId);
  // Another process has heard of the end first, or it goes on with another execution, which is followed by itself.
  if (!task || !isFollowed(task) || task.execution?.id !== one.executionId) return "over";
  const execution = await freshOf(one, deps);
  if (!execution) return missed(one, task, deps);
  one.misses = 0;
  one.status = execution.status;
  if (isEnd(execution.status)) return hearEnd(one, { task, execution }, deps);
  if (execution.status === task.execution.status) return "goes_on";
  deps.onStep("news_read");
  await deps.advancer.advance(task, { kind: "news", execution: executionRecord(execution) });
  return "goes_on";
}

/** A list brings no result, and what it leaves out may be there all the same. */
function freshOf({ brief, cluster, executionId }: Followed, { executor }: HearDeps) {
  return brief && !isEnd(brief.status) ? brief : executor.get(cluster, executionId);
}

async function missed(one: Followed, task: Task, { advancer }: HearDeps): Promise<Heard> {
  one.misses++;
  if (one.misses < MISSES_UNTIL_GONE) return "look_soon";
  await advancer.advance(task, { kind: "gone" });
  return "over";
}

async function hearEnd(
  one: Followed,
  { task, execution }: { task: Task; execution: Execution },
  deps: HearDeps,
): Promise<Heard> {
  const nowMs = deps.clock.nowMs();
  deps.onStep("news_read");
  one.endedAtMs ??= nowMs;
  const end = await judgeEnd(task, execution, nowMs - one.endedAtMs, deps);
  switch (end.outcome) {
    case "wait":
      return "look_soon";
    case "goes_on": {
      const next = executionRecord(end.execution);
      await deps.advancer.advance(task, { kind: "retried", execution: next, between: end.between });
      return "over";
    }
    case "over": {
      const news = { kind: "news" as const, execution: executionRecord(execution), doubles: end.doubles };
      await deps.advancer.advance(task, news);
      deps.onStep("end_stored", execution.id);
      return "over";
    }
    default:
      return end satisfies never;
  }
}

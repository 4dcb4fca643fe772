import { retryTaskId } from "../../core/ids/index.ts";
import type { Clock, Executor, Logger, TaskStore } from "../../core/ports/index.ts";
import type { RunWords } from "../../core/runs/index.ts";
import {
  type Control,
  isTerminal,
  type MachineSettings,
  madeFact,
  type Order,
  type RefusalReason,
  type RetryPlan,
  type RetryWish,
  reusesName,
  type StepResult,
  type Task,
  taskOfRetry,
  withOutbox,
} from "../../core/tasks/index.ts";
import { type Advancer, evidenceOf } from "../workers/index.ts";
import type { PlannedRetry, RetryPlanner } from "./retry-planner.ts";

export interface TaskOrderDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Pick<Executor, "get">;
  plan: RetryPlanner;
  settings: MachineSettings;
  clock: Clock;
  log: Logger;
}

/** What came of asking for an ended task once more. The same order again gives the same task; under its name no other does. */
export type Retried =
  | { outcome: "made"; task: Task }
  | { outcome: "refused"; reason: RefusalReason }
  | { outcome: "misfits"; words: RunWords };

/** What people may order of a task beside its approval. Each is told apart by the order's key and counts once. */
export interface TaskOrders {
  /** Stores that the run is to be canceled, paused or resumed; a worker then asks StackStorm. */
  control(task: Task, what: Control, order: Order): Promise<StepResult>;
  /** Takes an execution for the start that could not be found. */
  adopt(task: Task, executionId: string, order: Order): Promise<StepResult>;
  /** Says what a retry would be as things stand, or why there can be none. Nothing is changed. */
  plan(task: Task, wish: RetryWish): Promise<PlannedRetry>;
  /** Makes the task that runs an ended one once more, if approved: as it was, or as is wished. */
  retry(task: Task, order: Order, wish?: RetryWish): Promise<Retried>;
}

export function createTaskOrders(deps: TaskOrderDeps): TaskOrders {
  const { advancer, executor } = deps;
  return {
    control: (task, what, order) => advancer.advance(task, { kind: "control", order, what }),
    adopt: async (task, executionId, order) => {
      const evidence = await evidenceOf(task, executionId, executor);
      return advancer.advance(task, { kind: "adopt", order, evidence });
    },
    plan: deps.plan,
    retry: (task, order, wish = {}) => retry(task, { order, wish }, deps),
  };
}

/** More retries of one task are a loop that should be a rule. */
const MOST_RETRIES = 100;

interface Asking {
  order: Order;
  wish: RetryWish;
}

async function retry(task: Task, asking: Asking, deps: TaskOrderDeps): Promise<Retried> {
  const { order, wish } = asking;
  if (order.entitlement.outcome !== "entitled") return { outcome: "refused", reason: "not_entitled" };
  const free = await nextRetry(task, order, deps.tasks);
  if (typeof free !== "number") return free;
  const planned = await deps.plan(task, wish);
  if (planned.outcome !== "planned") return planned;
  const made = await make(task, { order, plan: planned.plan, n: free }, deps);
  // Whoever asked at the same moment was first: what is stored is theirs.
  return made ? { outcome: "made", task: made } : retry(task, asking, deps);
}

/** The number of the next retry, or what comes of the order without one. */
async function nextRetry(
  task: Task,
  { key }: Order,
  tasks: Pick<TaskStore, "get">,
): Promise<number | Retried> {
  for (let n = 1; n <= MOST_RETRIES; n++) {
    const known = await tasks.get(retryTaskId(task.id, n));
    if (!known) return n;
    const { origin } = known;
    if (origin.kind === "retry" && origin.key === key) return { outcome: "made", task: known };
    if (origin.kind === "retry" && reusesName(origin.key, key)) {
      return { outcome: "refused", reason: "key_reused" };
    }
    if (!isTerminal(known.state)) return { outcome: "refused", reason: "retry_under_way" };
  }
  return { outcome: "refused", reason: "retry_under_way" };
}

/** Null when there is one of this number already. */
async function make(
  task: Task,
  { order, plan, n }: { order: Order; plan: RetryPlan; n: number },
  { tasks, settings, clock, log }: TaskOrderDeps,
): Promise<Task | null> {
  const { by, key } = order;
  const nowMs = clock.nowMs();
  const { depth, causes } = task;
  const made = taskOfRetry(task, { nowMs, settings, depth, causes, by, key, n, plan });
  const { task: stored, outbox } = withOutbox(made.task, made.effects, nowMs);
  const answer = await tasks.make({ task: stored, outbox, fact: madeFact(stored) });
  log.info({ taskId: stored.id, of: task.id, by, outcome: answer.outcome }, "retry asked for");
  return answer.outcome === "exists" ? null : stored;
}

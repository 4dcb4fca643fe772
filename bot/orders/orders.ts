import { retryTaskId } from "../../core/ids/index.ts";
import type { Clock, Executor, Logger, TaskStore } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import type { RunGrant } from "../../core/runs/index.ts";
import {
  type Control,
  currentDigest,
  isTerminal,
  type MachineSettings,
  madeFact,
  type Order,
  type RefusalReason,
  retryFault,
  type StepResult,
  type Task,
  taskOfRetry,
  withOutbox,
} from "../../core/tasks/index.ts";
import { type Advancer, evidenceOf } from "../workers/index.ts";

export interface TaskOrderDeps {
  tasks: TaskStore;
  advancer: Advancer;
  executor: Pick<Executor, "get">;
  rules: () => readonly Rule[];
  grants: () => readonly RunGrant[];
  settings: MachineSettings;
  clock: Clock;
  log: Logger;
}

/** What came of asking for an ended task once more. The same order again gives the same task. */
export type Retried = { outcome: "made"; task: Task } | { outcome: "refused"; reason: RefusalReason };

/** What people may order of a task beside its approval. Each is told apart by the order's key and counts once. */
export interface TaskOrders {
  /** Stores that the run is to be canceled, paused or resumed; a worker then asks StackStorm. */
  control(task: Task, what: Control, order: Order): Promise<StepResult>;
  /** Takes an execution for the start that could not be found. */
  adopt(task: Task, executionId: string, order: Order): Promise<StepResult>;
  /** Makes the task that runs an ended one once more, if approved. */
  retry(task: Task, order: Order): Promise<Retried>;
}

export function createTaskOrders(deps: TaskOrderDeps): TaskOrders {
  const { advancer, executor } = deps;
  return {
    control: (task, what, order) => advancer.advance(task, { kind: "control", order, what }),
    adopt: async (task, executionId, order) => {
      const evidence = await evidenceOf(task, executionId, executor);
      return advancer.advance(task, { kind: "adopt", order, evidence });
    },
    retry: (task, order) => retry(task, order, deps),
  };
}

/** More retries of one task are a loop that should be a rule. */
const MOST_RETRIES = 100;

async function retry(task: Task, order: Order, deps: TaskOrderDeps): Promise<Retried> {
  if (order.entitlement.outcome !== "entitled") return { outcome: "refused", reason: "not_entitled" };
  for (let n = 1; n <= MOST_RETRIES; n++) {
    const known = await deps.tasks.get(retryTaskId(task.id, n));
    if (!known) return make(task, order, n, deps);
    if (known.origin.kind === "retry" && known.origin.key === order.key)
      return { outcome: "made", task: known };
    if (!isTerminal(known.state)) return { outcome: "refused", reason: "retry_under_way" };
  }
  return { outcome: "refused", reason: "retry_under_way" };
}

async function make(task: Task, order: Order, n: number, deps: TaskOrderDeps): Promise<Retried> {
  const { by, key } = order;
  const { tasks, rules, grants, settings, clock, log } = deps;
  const reason = retryFault(task, currentDigest({ rules: rules(), grants: grants() }, task));
  if (reason) return { outcome: "refused", reason };
  const nowMs = clock.nowMs();
  const { depth, causes } = task;
  const made = taskOfRetry(task, { nowMs, settings, depth, causes, by, key, n });
  const { task: stored, outbox } = withOutbox(made.task, made.effects, nowMs);
  const answer = await tasks.make({ task: stored, outbox, fact: madeFact(stored) });
  log.info({ taskId: stored.id, of: task.id, by, outcome: answer.outcome }, "retry asked for");
  // Whoever asked at the same moment was first: what is stored is theirs.
  if (answer.outcome === "exists") return retry(task, order, deps);
  return { outcome: "made", task: stored };
}

import { ChatOpsError } from "../../core/errors.ts";
import type { Clock, Logger, Metrics, TaskStore } from "../../core/ports/index.ts";
import {
  isTerminal,
  type MachineSettings,
  movedFact,
  type StepResult,
  step,
  type Task,
  type TaskInput,
  withOutbox,
} from "../../core/tasks/index.ts";

export interface AdvancerDeps {
  tasks: TaskStore;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

export interface AdvanceOptions {
  /** Fence of the lease under which the task was claimed. */
  fence?: number;
  /** An outbox item that is done when the move is stored, in the same write. */
  settles?: { key: string; fence: number };
}

/** Applies inputs to stored tasks. */
export interface Advancer {
  /**
   * Judges the input by the machine and stores what it changes. When another has moved the task in between,
   * the input is judged anew on what is stored now. `stored` is false when there was nothing to store.
   */
  advance(task: Task, input: TaskInput, options?: AdvanceOptions): Promise<StepResult & { stored: boolean }>;
  /** Called with each task that was stored. */
  onMoved(listener: (task: Task) => void): void;
  readonly settings: MachineSettings;
}

const MAX_TRIES = 8;

export function createAdvancer(deps: AdvancerDeps, settings: MachineSettings): Advancer {
  const { tasks, clock, log, metrics } = deps;
  const listeners: ((task: Task) => void)[] = [];

  const told = (task: Task, input: TaskInput, result: StepResult) => {
    const { outcome, reason } = result;
    metrics.count("task_steps", { input: input.kind, outcome, reason });
    const fields = { taskId: task.id, input: input.kind, from: task.state, to: result.task.state, reason };
    if (outcome === "moved") log.info(fields, "task moved");
    else log.info(fields, "task input refused");
  };

  const store = async (task: Task, result: StepResult, options: AdvanceOptions) => {
    const { task: next, outbox } = withOutbox(result.task, result.effects, clock.nowMs());
    const stored: Task = { ...next, revision: task.revision + 1 };
    const fact = movedFact(task, stored, clock.nowMs());
    const told = fact === null ? {} : { fact };
    const move = { task: stored, expected: task.revision, outbox, ...told, ...options };
    return (await tasks.move(move)) === "moved" ? stored : null;
  };

  const advance: Advancer["advance"] = async (first, input, options = {}) => {
    let task = first;
    let current = options;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const result = step(task, input, { nowMs: clock.nowMs(), settings });
      const unchanged = result.task === task && result.effects.length === 0;
      if (unchanged && !current.settles) {
        told(task, input, result);
        return { ...result, stored: false };
      }
      const stored = await store(task, result, current);
      if (stored) {
        told(task, input, result);
        for (const listener of listeners) listener(stored);
        return { ...result, task: stored, stored: true };
      }
      const fresh = await tasks.get(task.id);
      if (!fresh) throw new ChatOpsError("the task is gone from the store", { code: "task.gone" });
      // The lease went with the move of another; the revision alone protects the next try.
      current = withoutLease(current);
      task = fresh;
    }
    throw new ChatOpsError("the task keeps being moved by others", {
      code: "task.contended",
      retryable: true,
    });
  };

  return { advance, onMoved: (listener) => void listeners.push(listener), settings };
}

function withoutLease(options: AdvanceOptions): AdvanceOptions {
  return options.settles ? { settles: options.settles } : {};
}

/** Whether a task has an execution that is worth following. */
export function isFollowed(task: Task): boolean {
  return task.execution !== null && !isTerminal(task.state);
}

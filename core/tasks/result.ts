import type { Effect } from "./effects.ts";
import type { MoveReason, RefusalReason } from "./reasons.ts";
import { type HistoryLine, isTerminal, type Task, type TaskState } from "./task.ts";

/**
 * The machine's answer. `moved`: the task as it shall be stored and what goes out with it. `refused`: the
 * input did not do what it wanted; the task may still have learnt something (a card's code), and a person may
 * be told why. Nothing needs storing when `task` is the one that was given.
 */
export type StepResult =
  | { outcome: "moved"; reason: MoveReason; task: Task; effects: Effect[] }
  | { outcome: "refused"; reason: RefusalReason; task: Task; effects: Effect[] };

const HISTORY_KEPT = 60;

/** What a move changes beside the state. */
export interface Change {
  to: TaskState;
  reason: MoveReason;
  nowMs: number;
  by?: string;
  onBehalfOf?: string;
  patch?: Partial<Task>;
  effects?: Effect[];
}

/** A stored move: state, reason, history, and no due time when terminal. */
export function moved(task: Task, change: Change): StepResult {
  const { to, reason, nowMs, by, onBehalfOf, patch, effects = [] } = change;
  const line: HistoryLine = {
    atMs: nowMs,
    from: task.state,
    to,
    reason,
    ...(by === undefined ? {} : { by }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
  const next: Task = {
    ...task,
    ...patch,
    state: to,
    reason,
    updatedAtMs: nowMs,
    history: [...task.history, line].slice(-HISTORY_KEPT),
  };
  if (isTerminal(to)) next.dueAtMs = null;
  return { outcome: "moved", reason, task: next, effects };
}

/** Something learnt that is no step in the task's life: no new state, no line in its history. */
export function noted(
  task: Task,
  reason: MoveReason,
  patch: Partial<Task>,
  effects: Effect[] = [],
): StepResult {
  return { outcome: "moved", reason, task: { ...task, ...patch }, effects };
}

/** An input that did not do what it wanted. */
export function refused(task: Task, reason: RefusalReason, effects: Effect[] = []): StepResult {
  return { outcome: "refused", reason, task, effects };
}

import { entitledGroups } from "../approvals/quorum.ts";
import type { PeopleGroups } from "../people/people.ts";
import { updateCards } from "./codes.ts";
import type { Effect } from "./effects.ts";
import type { InputOf } from "./inputs.ts";
import type { MoveReason } from "./reasons.ts";
import { moved, noted, refused, type StepResult } from "./result.ts";
import type { MachineSettings } from "./settings.ts";
import type { ControlRecord, ExecutionRecord, Task, TaskState } from "./task.ts";

const ENDS = ["succeeded", "failed", "timeout", "canceled", "abandoned"] as const;
type EndState = (typeof ENDS)[number];
/** Which waiting time a status has; any other may last as long as a run. */
const STUCK_AFTER = {
  requested: "queuedStuckMs",
  scheduled: "queuedStuckMs",
  delayed: "delayedStuckMs",
  canceling: "steeredStuckMs",
  pausing: "steeredStuckMs",
  resuming: "steeredStuckMs",
} as const;

/** Whether an execution's status is final (reference/stackstorm.md 5.3). Unknown words are not. */
export function isEnd(status: string): status is EndState {
  return (ENDS as readonly string[]).includes(status);
}

export function stateOf(status: string): TaskState {
  if (isEnd(status)) return status;
  if (status === "paused") return "paused";
  return status === "canceling" ? "canceling" : "running";
}

/** How long an execution may stay in a status before people are told (reference/stackstorm.md section 9, point 6). */
export function watchMs(status: string, settings: MachineSettings): number {
  const isBounded = Object.hasOwn(STUCK_AFTER, status);
  return settings[isBounded ? STUCK_AFTER[status as keyof typeof STUCK_AFTER] : "runningStuckMs"];
}

interface Facts {
  reason: MoveReason;
  nowMs: number;
  settings: MachineSettings;
  by?: string;
  effects?: Effect[];
}

/** The execution is known: it is followed from here, or ends at once. */
export function running(task: Task, execution: ExecutionRecord, facts: Facts): StepResult {
  const { nowMs, settings, ...rest } = facts;
  // An execution that is over already is moved on by the follower, which reads its result first.
  const status = isEnd(execution.status) ? "running" : stateOf(execution.status);
  const dueAtMs = nowMs + watchMs(execution.status, settings);
  const patch = { execution, candidates: [], dueAtMs, stuckToldAtMs: null };
  return moved(task, { to: status, nowMs, patch, ...rest });
}

/** Whom anything unforeseen about the task is told to. */
export function watchers(task: Task): PeopleGroups {
  return task.report.to ? [task.report.to] : entitledGroups(task);
}

/** Further executions of one request, told to people once each: they are never taken for one. */
export function doubled(task: Task, seen: readonly string[] = []): { doubles?: string[]; effects: Effect[] } {
  const known = task.doubles ?? [];
  const fresh = seen.filter((id) => !known.includes(id) && id !== task.execution?.id);
  if (fresh.length === 0) return { effects: [] };
  const effects: Effect[] = [{ kind: "notice", to: watchers(task), about: "doubled" }];
  return { doubles: [...known, ...fresh], effects };
}

/** When it is looked at next: what a person wants of it does not wait for news. */
function nextLookMs(task: Task, status: string, facts: { nowMs: number; settings: MachineSettings }): number {
  const watched = facts.nowMs + watchMs(status, facts.settings);
  return task.control && task.dueAtMs !== null ? Math.min(task.dueAtMs, watched) : watched;
}

export function onNews(
  task: Task,
  input: InputOf<"news">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { execution } = input;
  if (!task.execution || task.execution.id !== execution.id) return refused(task, "older_news");
  if (isEnd(execution.status)) return finished(task, input, execution.status, nowMs);
  if (task.execution.status === execution.status) return refused(task, "older_news");
  const patch = {
    execution: { ...task.execution, ...execution },
    dueAtMs: nextLookMs(task, execution.status, { nowMs, settings }),
    stuckToldAtMs: null,
  };
  return moved(task, { to: stateOf(execution.status), reason: "execution_moved", nowMs, patch });
}

/**
 * StackStorm's own retry policy goes on with another execution: an attempt of the same start, which is followed
 * from here (reference/stackstorm.md section 9, point 7).
 */
export function onRetried(
  task: Task,
  input: InputOf<"retried">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { execution, between = [] } = input;
  const attempts = task.attempts ?? [];
  const before = task.execution;
  if (!before || before.id === execution.id || attempts.includes(execution.id)) {
    return refused(task, "older_news");
  }
  const next = running(task, execution, { reason: "execution_retried", nowMs, settings });
  const wish = wishOfNext(task, nowMs, settings);
  return { ...next, task: { ...next.task, ...wish, attempts: [...attempts, before.id, ...between] } };
}

/** An order that is asked for from `fromMs` on, as if it had not been before. */
export function askedAnew(control: ControlRecord, fromMs: number, settings: MachineSettings): ControlRecord {
  return { ...control, untilMs: fromMs + settings.startWindowMs, tries: 0 };
}

/** What a person wants of a run they want of its next attempt, at once; one that begins is not paused. */
function wishOfNext({ control }: Task, nowMs: number, settings: MachineSettings): Partial<Task> {
  if (!control) return {};
  if (control.what === "resume") return { control: null };
  return { control: askedAnew(control, nowMs, settings), dueAtMs: nowMs };
}

function finished(task: Task, input: InputOf<"news">, to: EndState, nowMs: number): StepResult {
  const shown = updateCards(task, nowMs, "click");
  const { effects: told, ...doubles } = doubled(task, input.doubles);
  const patch = { execution: { ...task.execution, ...input.execution }, control: null, ...doubles };
  const effects: Effect[] = [...shown.effects, ...told, { kind: "report" }, { kind: "ended" }];
  return moved(shown.task, { to, reason: "execution_ended", nowMs, patch, effects });
}

/** The engine has lost the execution: nobody can say how it ended. */
export function onGone(task: Task, nowMs: number): StepResult {
  const shown = updateCards(task, nowMs, "click");
  const effects: Effect[] = [...shown.effects, { kind: "report" }, { kind: "ended" }];
  const patch = { control: null };
  return moved(shown.task, { to: "abandoned", reason: "execution_gone", nowMs, patch, effects });
}

/** The watchdog: an execution that does not move is told once, then looked at again later. */
export function onRunningTick(task: Task, nowMs: number, settings: MachineSettings): StepResult {
  if (task.dueAtMs !== null && nowMs < task.dueAtMs) return refused(task, "not_due");
  const dueAtMs = nowMs + settings.runningStuckMs;
  if (task.stuckToldAtMs !== null) return noted(task, "watch_continues", { dueAtMs });
  const effects: Effect[] = [{ kind: "notice", to: watchers(task), about: "stuck" }];
  const patch = { dueAtMs, stuckToldAtMs: nowMs };
  return moved(task, { to: task.state, reason: "execution_stuck", nowMs, patch, effects });
}

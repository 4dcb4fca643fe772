import { entitledGroups } from "../approvals/quorum.ts";
import { updateCards } from "./codes.ts";
import type { Effect } from "./effects.ts";
import type { InputOf } from "./inputs.ts";
import type { MoveReason } from "./reasons.ts";
import { moved, noted, refused, type StepResult } from "./result.ts";
import type { MachineSettings } from "./settings.ts";
import type { ExecutionRecord, Task, TaskState } from "./task.ts";

const ENDS = ["succeeded", "failed", "timeout", "canceled", "abandoned"] as const;
type EndState = (typeof ENDS)[number];
const QUEUED = ["requested", "scheduled", "delayed"];

/** Whether an execution's status is final (reference/stackstorm.md 5.3). Unknown words are not. */
export function isEnd(status: string): status is EndState {
  return (ENDS as readonly string[]).includes(status);
}

function stateOf(status: string): TaskState {
  if (isEnd(status)) return status;
  if (status === "paused") return "paused";
  return status === "canceling" ? "canceling" : "running";
}

function watchMs(status: string, settings: MachineSettings): number {
  return QUEUED.includes(status) ? settings.queuedStuckMs : settings.runningStuckMs;
}

interface Facts {
  reason: MoveReason;
  nowMs: number;
  settings: MachineSettings;
}

/** The execution is known: it is followed from here, or ends at once. */
export function running(task: Task, execution: ExecutionRecord, facts: Facts): StepResult {
  const { reason, nowMs, settings } = facts;
  // An execution that is over already is moved on by the follower, which reads its result first.
  const status = isEnd(execution.status) ? "running" : stateOf(execution.status);
  const patch = { execution, dueAtMs: nowMs + watchMs(execution.status, settings), stuckToldAtMs: null };
  return moved(task, { to: status, reason, nowMs, patch });
}

export function onNews(
  task: Task,
  input: InputOf<"news">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { execution } = input;
  if (!task.execution || task.execution.id !== execution.id) return refused(task, "older_news");
  if (isEnd(execution.status)) return finished(task, execution, execution.status, nowMs);
  if (task.execution.status === execution.status) return refused(task, "older_news");
  const patch = {
    execution: { ...task.execution, ...execution },
    dueAtMs: nowMs + watchMs(execution.status, settings),
    stuckToldAtMs: null,
  };
  return moved(task, { to: stateOf(execution.status), reason: "execution_moved", nowMs, patch });
}

function finished(task: Task, execution: ExecutionRecord, to: EndState, nowMs: number): StepResult {
  const shown = updateCards(task, nowMs, "click");
  const patch = { execution: { ...task.execution, ...execution } };
  const effects: Effect[] = [...shown.effects, { kind: "report" }, { kind: "ended" }];
  return moved(shown.task, { to, reason: "execution_ended", nowMs, patch, effects });
}

/** The engine has lost the execution: nobody can say how it ended. */
export function onGone(task: Task, nowMs: number): StepResult {
  const shown = updateCards(task, nowMs, "click");
  const effects: Effect[] = [...shown.effects, { kind: "report" }, { kind: "ended" }];
  return moved(shown.task, { to: "abandoned", reason: "execution_gone", nowMs, effects });
}

/** The watchdog: an execution that does not move is told once, then looked at again later. */
export function onRunningTick(task: Task, nowMs: number, settings: MachineSettings): StepResult {
  if (task.dueAtMs !== null && nowMs < task.dueAtMs) return refused(task, "not_due");
  const dueAtMs = nowMs + settings.runningStuckMs;
  if (task.stuckToldAtMs !== null) return noted(task, "watch_continues", { dueAtMs });
  const to = task.report.to ? [task.report.to] : entitledGroups(task);
  const effects: Effect[] = [{ kind: "notice", to, about: "stuck" }];
  const patch = { dueAtMs, stuckToldAtMs: nowMs };
  return moved(task, { to: task.state, reason: "execution_stuck", nowMs, patch, effects });
}

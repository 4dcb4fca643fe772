import type { ClusterChoice } from "../clusters/choice.ts";
import type { InputOf } from "./inputs.ts";
import { moved, noted, type StepResult } from "./result.ts";
import { doublingDelayMs, type MachineSettings } from "./settings.ts";
import type { Refusal, StartRecord } from "./start-record.ts";
import type { Task } from "./task.ts";

/** After this instant an approved task is not started any more. */
export function startByMs(task: Task): number {
  return (task.approvedAtMs ?? task.createdAtMs) + task.startWithinMs;
}

/**
 * No cluster can take the task now. It stays approved and looks again, the less often the longer it has waited, and once
 * more when its time is over.
 */
export function waitForCluster(
  task: Task,
  choice: Extract<ClusterChoice, { outcome: "wait" }>,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const waitedMs = nowMs - (task.approvedAtMs ?? task.createdAtMs);
  const pauseMs = Math.min(settings.clusterWaitMaxMs, Math.max(settings.clusterWaitMs, waitedMs / 4));
  const patch = { choice, dueAtMs: Math.min(Math.floor(nowMs + pauseMs), startByMs(task) + 1) };
  // Looking again is no step in its life.
  if (task.reason === choice.reason) return noted(task, choice.reason, patch);
  const { message: _before, ...plain } = task;
  return moved(plain, { to: "approved", reason: choice.reason, nowMs, patch });
}

/** The clusters that may hold a start of the task from before the next one. */
export function heldBefore({ start }: Task): Pick<StartRecord, "before"> {
  if (!start) return {};
  const { before = [], cluster, notSent } = start;
  const all = [...new Set(notSent ? before : [...before, cluster])];
  return all.length > 0 ? { before: all } : {};
}

/** A start that is proved not to have gone out: the task may go elsewhere, and does if it can. */
export function onNotSent(
  task: Task,
  { message, at }: Extract<InputOf<"start_answer">["answer"], { outcome: "not_sent" }>,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { start } = task;
  if (!start) return noted(task, "start_not_sent", {});
  const delayMs = doublingDelayMs(start.looks, settings.notSentBaseMs, settings.notSentMaxMs);
  const refusals = at === undefined ? start.refusals : withRefusal(start.refusals, at, { nowMs, settings });
  const next: StartRecord = {
    ...start,
    looks: start.looks + 1,
    notSent: true,
    ...(refusals ? { refusals } : {}),
  };
  const patch = { start: next, dueAtMs: nowMs + delayMs, message };
  return moved(task, { to: "approved", reason: "start_not_sent", nowMs, patch });
}

function withRefusal(
  refusals: readonly Refusal[] = [],
  cluster: string,
  { nowMs, settings }: { nowMs: number; settings: MachineSettings },
): readonly Refusal[] {
  const times = (refusals.find((one) => one.cluster === cluster)?.times ?? 0) + 1;
  const pauseMs = doublingDelayMs(times - 1, settings.refusedBaseMs, settings.refusedMaxMs);
  return [...refusals.filter((one) => one.cluster !== cluster), { cluster, times, untilMs: nowMs + pauseMs }];
}

/** Whether a cluster has not taken a start of the task so lately that others go before it. */
export function hasRefusedLately({ start }: Pick<Task, "start">, cluster: string, nowMs: number): boolean {
  return start?.refusals?.some((one) => one.cluster === cluster && nowMs < one.untilMs) ?? false;
}

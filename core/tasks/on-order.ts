import { startParams } from "../approvals/choices.ts";
import { hashOf } from "../ids/index.ts";
import { updateCards } from "./codes.ts";
import type { Effect, NoticeAbout } from "./effects.ts";
import type { Click, InputOf, Order } from "./inputs.ts";
import { afterClick, ENTITLEMENT_REFUSALS, ended, explainClick } from "./on-approval.ts";
import { askedAnew, isEnd, running, stateOf, watchMs } from "./on-execution.ts";
import { reusesName } from "./order-key.ts";
import type { RefusalReason } from "./reasons.ts";
import { moved, refused, type StepResult } from "./result.ts";
import { doublingDelayMs, type MachineSettings } from "./settings.ts";
import type { Control, ControlRecord, ExecutionRecord, Task, TaskState } from "./task.ts";

/** How far the clocks of cluster and process may differ. */
const CLOCK_SKEW_MS = 300_000;

/** The click that an order was made by; null for a message or REST. */
function clickOf({ by, entitlement, key, card }: Order): Click | null {
  if (!card) return null;
  const code = card.code === undefined ? {} : { code: card.code };
  return { by, entitlement, cardNo: card.no, clickKey: key, ...code };
}

/** An order that does nothing: who clicked is told why; a message or REST answers by itself. */
export function declined(task: Task, order: Order, reason: RefusalReason, nowMs: number): StepResult {
  const click = clickOf(order);
  return click ? explainClick(task, click, reason, nowMs) : refused(task, reason);
}

/** The task as it is after an order: its key is remembered. */
function afterOrder(task: Task, order: Order, nowMs: number): Task {
  const click = clickOf(order) ?? { ...order, cardNo: 0, clickKey: order.key };
  return afterClick(task, click, nowMs);
}

function orderFault(task: Task, { entitlement, card, key }: Order): RefusalReason | null {
  if (task.seenClicks.some((known) => reusesName(known, key))) return "key_reused";
  if (card && !task.cards.some(({ no }) => no === card.no)) return "other_card";
  return entitlement.outcome === "entitled" ? null : ENTITLEMENT_REFUSALS[entitlement.outcome];
}

/**
 * A person says that an execution is this task's. That binds the task to this one execution, which must be there and
 * be of the same action and parameters, on an allowed cluster, of the same time, and no other task's.
 */
export function onAdopt(
  task: Task,
  input: InputOf<"adopt">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { order, evidence } = input;
  const fault = orderFault(task, order) ?? evidenceFault(task, evidence);
  if (fault || evidence.outcome !== "seen") {
    return declined(task, order, fault ?? "no_such_execution", nowMs);
  }
  const shown = updateCards(afterOrder(task, order, nowMs), nowMs, "click_only");
  const facts = { reason: "start_adopted_by_person" as const, nowMs, settings, by: order.by };
  return running(shown.task, evidence.execution, { ...facts, effects: shown.effects });
}

function evidenceFault(task: Task, evidence: InputOf<"adopt">["evidence"]): RefusalReason | null {
  if (evidence.outcome === "absent") return "no_such_execution";
  if (evidence.outcome === "unreachable") return "engine_unreachable";
  const { execution, action, paramsHash, requestId, rerunOf } = evidence;
  if (!task.clusters.includes(execution.cluster)) return "other_cluster";
  if (action !== task.action) return "other_action";
  if (requestId !== undefined && !requestId.startsWith(`${task.id}-`)) return "other_task";
  if (rerunOf !== task.rerunOf?.executionId) return "other_task";
  if (task.rerunOf?.known.includes(execution.id)) return "older_execution";
  if (paramsHash === null) return "hidden_params";
  if (paramsHash !== hashOf(startParams(task))) return "other_params";
  // Asked this way round, a time that cannot be read counts as too old.
  const isOfNow = Date.parse(execution.startedAt ?? "") >= task.createdAtMs - CLOCK_SKEW_MS;
  return isOfNow ? null : "older_execution";
}

/** A cancel before any start was intended: nothing was run. */
export function onControlWaiting(task: Task, input: InputOf<"control">, nowMs: number): StepResult {
  const { order, what } = input;
  const fault = orderFault(task, order) ?? waitingFault(task, what);
  if (fault) return declined(task, order, fault, nowMs);
  const change = { to: "canceled" as const, reason: "canceled_before_start" as const, nowMs, by: order.by };
  return ended(afterOrder(task, order, nowMs), change);
}

function waitingFault(task: Task, what: Control): RefusalReason | null {
  if (what !== "cancel") return "not_in_this_state";
  return task.start === null ? null : "start_was_intended";
}

const POSSIBLE_IN: Record<Control, readonly TaskState[]> = {
  cancel: ["running", "paused"],
  pause: ["running"],
  resume: ["paused"],
};
const ASKED = { cancel: "cancel_asked", pause: "pause_asked", resume: "resume_asked" } as const;

/** The order is stored, and due at once: only then is StackStorm asked. */
export function onControl(
  task: Task,
  input: InputOf<"control">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { order, what } = input;
  const fault = orderFault(task, order) ?? controlFault(task, what);
  if (fault) return declined(task, order, fault, nowMs);
  const { by, key } = order;
  const untilMs = nowMs + settings.startWindowMs;
  const control: ControlRecord = { what, key, by, askedAtMs: nowMs, untilMs, tries: 0 };
  const patch = { control, dueAtMs: nowMs };
  const change = { to: task.state, reason: ASKED[what], nowMs, by, patch };
  return moved(afterOrder(task, order, nowMs), change);
}

/** One order at a time; only a cancel goes before what is under way. */
function controlFault(task: Task, what: Control): RefusalReason | null {
  if (!POSSIBLE_IN[what].includes(task.state)) return "not_in_this_state";
  const { control } = task;
  if (!control) return null;
  return what === "cancel" && control.what !== "cancel" ? null : "control_under_way";
}

/** What came of asking StackStorm for what a person wants. */
export function onControlAnswer(
  task: Task,
  input: InputOf<"control_answer">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { control } = task;
  const { answer } = input;
  if (!control || control.key !== input.key) return refused(task, "older_news");
  switch (answer.outcome) {
    case "taken":
      return taken(task, control, { execution: answer.execution, nowMs, settings });
    case "refused":
      return dropped(task, control, { about: "control_refused", message: answer.message, nowMs, settings });
    case "open":
      return stillOpen(task, control, { message: answer.message, nowMs, settings });
    default:
      return answer satisfies never;
  }
}

interface Taking {
  execution: ExecutionRecord;
  nowMs: number;
  settings: MachineSettings;
}

function taken(task: Task, control: ControlRecord, { execution, nowMs, settings }: Taking): StepResult {
  // It was asked of an attempt that another one has followed up since.
  if (task.execution && task.execution.id !== execution.id) return refused(task, "older_news");
  const { status } = execution;
  const dueAtMs = nowMs + watchMs(status, settings);
  const common = { reason: "control_taken" as const, nowMs };
  if (!isEnd(status)) {
    const patch = { control: null, execution: { ...task.execution, ...execution }, dueAtMs };
    return moved(task, { to: stateOf(status), ...common, patch });
  }
  // An end is the follower's to tell, which reads the result first. Until then it may turn out to be an attempt's,
  // and the order is for the next one too.
  const patch = { control: askedAnew(control, dueAtMs, settings), dueAtMs };
  return moved(task, { to: task.state, ...common, patch });
}

interface Dropping {
  about: Extract<NoticeAbout, "control_refused" | "control_lost">;
  message: string;
  nowMs: number;
  settings: MachineSettings;
}

function dropped(task: Task, control: ControlRecord, facts: Dropping): StepResult {
  const { about, message, nowMs, settings } = facts;
  const notice: Effect = { kind: "notice", to: [{ users: [control.by] }], about };
  const dueAtMs = nowMs + watchMs(task.execution?.status ?? "", settings);
  const patch = { control: null, message, dueAtMs };
  const effects = control.by === "local" ? [] : [notice];
  return moved(task, { to: task.state, reason: about, nowMs, patch, effects });
}

function stillOpen(task: Task, control: ControlRecord, facts: Omit<Dropping, "about">): StepResult {
  const { message, nowMs, settings } = facts;
  if (nowMs >= control.untilMs) return dropped(task, control, { about: "control_lost", ...facts });
  const delay = doublingDelayMs(control.tries, settings.lookBaseMs, settings.lookMaxMs);
  const dueAtMs = Math.min(nowMs + delay, control.untilMs);
  const patch = { control: { ...control, tries: control.tries + 1 }, dueAtMs, message };
  return moved(task, { to: task.state, reason: "control_tried", nowMs, patch });
}

import { withGroupsTold } from "./group-cards.ts";
import { onCardShown, onHold, onRelease } from "./hold.ts";
import { CLICK_KINDS, type Click, type InputKind, type InputOf, type TaskInput } from "./inputs.ts";
import {
  explainClick,
  isRepeat,
  onApprove,
  onOffer,
  onPendingTick,
  onReason,
  onRefresh,
  onReject,
  onWithdraw,
} from "./on-approval.ts";
import { onBatched, onCardFailed, onCardSent, onCardWaits } from "./on-cards.ts";
import { onGone, onNews, onRetried, onRunningTick } from "./on-execution.ts";
import { declined, onAdopt, onControl, onControlAnswer, onControlWaiting } from "./on-order.ts";
import {
  onAgain,
  onEarlierAnswer,
  onGiveUp,
  onIntend,
  onLateAnswer,
  onLook,
  onStartAnswer,
} from "./on-start.ts";
import type { RefusalReason } from "./reasons.ts";
import { refused, type StepResult } from "./result.ts";
import type { MachineSettings } from "./settings.ts";
import type { Task, TaskState } from "./task.ts";

type Handler<K extends InputKind> = (
  task: Task,
  input: InputOf<K>,
  nowMs: number,
  settings: MachineSettings,
) => StepResult;
type Row = { [K in InputKind]?: Handler<K> };

/** What any state, also a terminal one, answers: cards are told of, looked at and refreshed at all times. */
const ALWAYS = {
  refresh: onRefresh,
  offer: onOffer,
  card_sent: onCardSent,
  card_shown: onCardShown,
  card_failed: (task, input) => onCardFailed(task, input),
} satisfies Row;

const WAITING = {
  ...ALWAYS,
  control: (task, input, nowMs) => onControlWaiting(task, input, nowMs),
  start_answer: onEarlierAnswer,
} satisfies Row;

const EXECUTING = {
  ...ALWAYS,
  news: onNews,
  retried: onRetried,
  control: onControl,
  control_answer: onControlAnswer,
  gone: (task, _input, nowMs) => onGone(task, nowMs),
  tick: (task, _input, nowMs, settings) => onRunningTick(task, nowMs, settings),
} satisfies Row;

/**
 * The state machine: which inputs do something in which state. What is not listed is refused and changes
 * nothing but, for a click, the card's code and an explanation to its person. No terminal state lists an
 * input that leaves it.
 */
export const TABLE: Record<TaskState, Row> = {
  held: {
    ...WAITING,
    hold: onHold,
    release: (task, _input, nowMs) => onRelease(task, nowMs),
    withdraw: (task, _input, nowMs) => onWithdraw(task, nowMs),
  },
  pending_approval: {
    ...WAITING,
    approve: onApprove,
    reject: onReject,
    reason: onReason,
    batched: (task, input) => onBatched(task, input),
    card_waits: onCardWaits,
    tick: (task, _input, nowMs) => onPendingTick(task, nowMs),
    withdraw: (task, _input, nowMs) => onWithdraw(task, nowMs),
  },
  approved: {
    ...WAITING,
    intend: onIntend,
    withdraw: (task, _input, nowMs) => onWithdraw(task, nowMs),
    hold: onHold,
  },
  starting: { ...ALWAYS, start_answer: onStartAnswer, look: onLook },
  unknown: {
    ...ALWAYS,
    start_answer: onLateAnswer,
    look: onLook,
    again: onAgain,
    give_up: onGiveUp,
    adopt: onAdopt,
  },
  running: EXECUTING,
  paused: EXECUTING,
  canceling: EXECUTING,
  succeeded: ALWAYS,
  failed: ALWAYS,
  timeout: ALWAYS,
  canceled: ALWAYS,
  abandoned: ALWAYS,
  rejected: ALWAYS,
  expired: ALWAYS,
  withdrawn: ALWAYS,
  refused: ALWAYS,
  gave_up: ALWAYS,
};

/** The instant and the waiting times that a step is judged by. */
export interface StepContext {
  nowMs: number;
  settings: MachineSettings;
}

/**
 * One step of one task: pure and total. Every state answers every input, by a move or by a refusal with its
 * reason; the same task, input and instant give the same answer.
 */
export function step(task: Task, input: TaskInput, context: StepContext): StepResult {
  const click = clickOf(input);
  const clickedNo = click?.cardNo ?? ("order" in input ? input.order.card?.no : undefined);
  return withGroupsTold(task, judged(task, input, { ...context, click }), clickedNo);
}

function judged(
  task: Task,
  input: TaskInput,
  { nowMs, settings, click }: StepContext & { click: Click | null },
): StepResult {
  const key = "order" in input ? input.order.key : click?.clickKey;
  if (key !== undefined && isRepeat(task, key)) return refused(task, "already_counted");
  const handler = TABLE[task.state][input.kind] as Handler<InputKind> | undefined;
  if (handler) return handler(task, input, nowMs, settings);
  if (click) return explainClick(task, click, lateReason(task, input), nowMs);
  if ("order" in input) return declined(task, input.order, "not_in_this_state", nowMs);
  return refused(task, lateReason(task, input));
}

function clickOf(input: TaskInput): Click | null {
  return (CLICK_KINDS as readonly string[]).includes(input.kind) ? (input as { click: Click }).click : null;
}

const DECIDING: readonly InputKind[] = ["approve", "reject", "reason"];

function lateReason(task: Task, input: TaskInput): RefusalReason {
  if (!DECIDING.includes(input.kind)) return "not_in_this_state";
  if (task.state === "expired") return "already_expired";
  return task.state === "withdrawn" ? "already_recovered" : "already_decided";
}

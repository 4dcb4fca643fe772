import { type Place, placeOf } from "../approvals/place.ts";
import { approvers, hasQuorum, needed } from "../approvals/quorum.ts";
import { updateCards, withCard, withCode } from "./codes.ts";
import type { Effect } from "./effects.ts";
import type { Click, InputOf } from "./inputs.ts";
import type { RefusalReason } from "./reasons.ts";
import { moved, noted, refused, type StepResult } from "./result.ts";
import type { CardRecord, Decision, Task } from "./task.ts";

const SEEN_CLICKS_KEPT = 60;
const ENTITLEMENT_REFUSALS = {
  not_entitled: "not_entitled",
  inactive: "inactive_person",
  unknown_person: "unknown_person",
  duty_unknown: "duty_unknown",
} as const satisfies Record<string, RefusalReason>;

/** The task as it is after any click: the callback is remembered and its code kept for a later update. */
export function afterClick(task: Task, click: Click, nowMs: number): Task {
  const seenClicks = [...task.seenClicks, click.clickKey].slice(-SEEN_CLICKS_KEPT);
  const { code } = click;
  if (code === undefined) return { ...task, seenClicks };
  const kept = withCard(task, click.cardNo, (card) => withCode(card, { code, from: "click", atMs: nowMs }));
  return { ...kept, seenClicks };
}

/** Whether this callback was worked on before. */
export function isRepeat(task: Task, click: Click): boolean {
  return task.seenClicks.includes(click.clickKey);
}

/** A click that decides nothing: its person is told why, and the card shows how things stand. */
export function explainClick(task: Task, click: Click, reason: RefusalReason, nowMs: number): StepResult {
  const shown = updateCards(afterClick(task, click, nowMs), nowMs, "click_only");
  const reply: Effect = { kind: "reply", to: click.by, about: reason };
  return refused(shown.task, reason, [reply, ...shown.effects]);
}

/** Why this person may not decide; null when they may. */
export function clickFault(task: Task, click: Click): RefusalReason | null {
  if (!task.cards.some((card) => card.no === click.cardNo)) return "other_card";
  if (click.entitlement !== "entitled") return ENTITLEMENT_REFUSALS[click.entitlement];
  return null;
}

/** Who decides, and in whose place. */
type Decider = Pick<Decision, "by" | "onBehalfOf">;

/** A decision on the task's present content, in its present round. */
export function decision(
  task: Task,
  { clickKey }: Click,
  { decider, verdict, nowMs }: { decider: Decider; verdict: Decision["verdict"]; nowMs: number },
): Decision {
  return { verdict, ...decider, atMs: nowMs, hash: task.hash, round: task.round, clickKey };
}

/** Whose approval a click is, or why it is none. Where a policy stands for people nobody's place is taken. */
export function approverOf(task: Task, click: Click): { decider: Decider } | { fault: RefusalReason } {
  const fault = clickFault(task, click);
  if (fault) return { fault };
  if (task.approval.mode === "policy") return { decider: deciderOf(click) };
  const place: Place = placeOf(task, click);
  if (place.outcome === "refused") return { fault: place.reason };
  const { by } = click;
  return { decider: place.outcome === "own" ? { by } : { by, onBehalfOf: place.onBehalfOf } };
}

/** Who decides otherwise than by approving: a no takes nobody's place. */
export function deciderOf({ by, standsFor }: Click): Decider {
  const [onBehalfOf] = standsFor ?? [];
  return onBehalfOf === undefined ? { by } : { by, onBehalfOf };
}

export function onApprove(task: Task, input: InputOf<"approve">, nowMs: number): StepResult {
  const { click } = input;
  const approver = approverOf(task, click);
  if ("fault" in approver) return explainClick(task, click, approver.fault, nowMs);
  const { decider } = approver;
  const clicked = afterClick(task, click, nowMs);
  const made = decision(task, click, { decider, verdict: "approve", nowMs });
  const decided = { ...clicked, decisions: [...task.decisions, made] };
  const shown = updateCards(decided, nowMs, "click_only");
  if (!hasQuorum(decided)) {
    const reply: Effect = { kind: "reply", to: click.by, about: "approval_counted" };
    const effects = [reply, ...shown.effects];
    const change = { to: task.state, reason: "approved_by_person" as const, nowMs, ...decider, effects };
    return moved(shown.task, change);
  }
  const patch = { dueAtMs: nowMs, approvedAtMs: nowMs };
  const { effects } = shown;
  return moved(shown.task, { to: "approved", reason: "quorum_reached", nowMs, ...decider, patch, effects });
}

export function onReject(task: Task, input: InputOf<"reject">, nowMs: number): StepResult {
  const { click } = input;
  const fault = clickFault(task, click);
  if (fault) return explainClick(task, click, fault, nowMs);
  const clicked = afterClick(task, click, nowMs);
  const decider = deciderOf(click);
  const made = decision(task, click, { decider, verdict: "reject", nowMs });
  const decided = { ...clicked, decisions: [...task.decisions, made] };
  return ended(decided, { to: "rejected", reason: "rejected_by_person", nowMs, ...decider });
}

/** The last move of a task that ends without an execution: cards are closed, the end is journaled. */
export function ended(
  task: Task,
  change: {
    to: "rejected" | "expired" | "withdrawn" | "refused" | "gave_up";
    reason: Parameters<typeof moved>[1]["reason"];
    nowMs: number;
    by?: string;
    onBehalfOf?: string;
    message?: string;
  },
): StepResult {
  const { message, ...rest } = change;
  const shown = updateCards(task, change.nowMs, "click");
  const report: Effect[] = change.to === "rejected" ? [] : [{ kind: "report" }];
  const patch = message === undefined ? {} : { message };
  return moved(shown.task, { ...rest, patch, effects: [...shown.effects, ...report, { kind: "ended" }] });
}

/** A pending approval whose time has come: it was never asked, is to be escalated, or expires. */
export function onPendingTick(task: Task, nowMs: number): StepResult {
  if (task.dueAtMs !== null && nowMs < task.dueAtMs) return refused(task, "not_due");
  if (task.deadlineAtMs === null) return ended(task, { to: "expired", reason: "never_asked", nowMs });
  if (mayEscalate(task)) return escalate(task, nowMs);
  return ended(task, { to: "expired", reason: "nobody_answered", nowMs });
}

function mayEscalate(task: Task): boolean {
  return (
    task.approval.mode === "people" && task.approval.escalate !== undefined && task.escalatedAtMs === null
  );
}

function escalate(task: Task, nowMs: number): StepResult {
  const { approval } = task;
  if (approval.mode !== "people" || !approval.escalate) return refused(task, "not_in_this_state");
  const card = newCard(task, approval.escalate.to, "escalation");
  // Those asked now get the whole time from now on when silence at the end is what escalates.
  const deadlineAtMs =
    approval.onTimeout === "escalate" ? nowMs + approval.timeoutMs : (task.deadlineAtMs ?? nowMs);
  const patch = {
    escalatedAtMs: nowMs,
    deadlineAtMs,
    dueAtMs: Math.max(deadlineAtMs, nowMs),
    cards: [...task.cards, card],
  };
  const effects: Effect[] = [{ kind: "card", cardNo: card.no }];
  return moved(task, { to: "pending_approval", reason: "escalated", nowMs, patch, effects });
}

/** A card that is about to be sent. */
export function newCard(task: Task, to: CardRecord["to"], purpose: CardRecord["purpose"]): CardRecord {
  const no = task.cards.reduce((max, card) => Math.max(max, card.no), 0) + 1;
  return { no, to, purpose, recipients: [], unreachable: [], sentAtMs: null, codes: [] };
}

/** A click on an offer: the new task is made by the worker; here it is only remembered and answered. */
export function onOffer(task: Task, input: InputOf<"offer">, nowMs: number): StepResult {
  const { click } = input;
  if (!task.offers.some((offer) => offer.id === input.offer)) {
    return explainClick(task, click, "unknown_button", nowMs);
  }
  const fault = clickFault(task, click);
  if (fault) return explainClick(task, click, fault, nowMs);
  const shown = updateCards(afterClick(task, click, nowMs), nowMs, "click_only");
  return noted(task, "offer_taken", diff(shown.task), shown.effects);
}

/** 刷新: the click's own code shows the present state on everybody's copy. */
export function onRefresh(task: Task, input: InputOf<"refresh">, nowMs: number): StepResult {
  const shown = updateCards(afterClick(task, input.click, nowMs), nowMs, "click_only");
  return noted(task, "card_refreshed", diff(shown.task), shown.effects);
}

function diff(task: Task): Partial<Task> {
  return { cards: task.cards, seenClicks: task.seenClicks };
}

/**
 * The recovery of the alert takes back what has not begun. A start that was ever intended may have gone
 * through, so that such a task goes its way.
 */
export function onWithdraw(task: Task, nowMs: number): StepResult {
  if (task.start !== null) return refused(task, "start_was_intended");
  return ended(task, { to: "withdrawn", reason: "recovered", nowMs });
}

/** How many more people must approve. */
export function stillNeeded(task: Task): number {
  return Math.max(0, needed(task) - approvers(task).length);
}

import { approvedHash, choiceOf } from "../approvals/choices.ts";
import { hasQuorum, hasRejection, votes } from "../approvals/quorum.ts";
import { givenReason, needsReason } from "../approvals/reason.ts";
import { decidingAs } from "../approvals/stand-in.ts";
import type { Unentitled } from "../people/people.ts";
import { updateCards, withCard, withCode } from "./codes.ts";
import type { Effect } from "./effects.ts";
import { dueStep, escalate } from "./escalation.ts";
import type { Click, InputOf } from "./inputs.ts";
import { becomeUnknown, isStartOpen } from "./open-start.ts";
import { requesterOf } from "./origin.ts";
import type { RefusalReason } from "./reasons.ts";
import { WAITING_STATES } from "./recovery.ts";
import { moved, noted, refused, type StepResult } from "./result.ts";
import type { Decision, Task } from "./task.ts";

const SEEN_CLICKS_KEPT = 60;
/** What each lack of entitlement is told as. */
export const ENTITLEMENT_REFUSALS = {
  not_entitled: "not_entitled",
  inactive: "inactive_person",
  unknown_person: "unknown_person",
  duty_unknown: "duty_unknown",
  group_gone: "group_gone",
} as const satisfies Record<Unentitled, RefusalReason>;

/** The task as it is after any click: the callback is remembered and its code kept for a later update. */
export function afterClick(task: Task, click: Click, nowMs: number): Task {
  const { code } = click;
  const seen = afterCallback(task, click.clickKey);
  if (code === undefined) return seen;
  return withCard(seen, click.cardNo, (card) => withCode(card, { code, from: "click", atMs: nowMs }));
}

function afterCallback(task: Task, key: string): Task {
  return { ...task, seenClicks: [...task.seenClicks, key].slice(-SEEN_CLICKS_KEPT) };
}

/** Whether this callback was worked on before. */
export function isRepeat(task: Task, clickKey: string): boolean {
  return task.seenClicks.includes(clickKey);
}

/** A click that decides nothing: its person is told why, and the card shows how things stand. A batch tells it itself. */
export function explainClick(task: Task, click: Click, reason: RefusalReason, nowMs: number): StepResult {
  if (click.batch) return refused(afterClick(task, click, nowMs), reason);
  const shown = updateCards(afterClick(task, click, nowMs), nowMs, "click_only");
  return refused(shown.task, reason, [...replyTo(click, reason), ...shown.effects]);
}

/** What its person is told by a message; nothing where they read the answer on the page or in their own chat's answer. */
function replyTo(
  { by, batch, written }: Pick<Click, "by" | "batch" | "written">,
  about: Extract<Effect, { kind: "reply" }>["about"] | undefined,
): Effect[] {
  if (about === undefined || batch || written) return [];
  return [{ kind: "reply", to: by, about }];
}

/** Why this person may not decide; null when they may. */
export function clickFault(task: Task, click: Click): RefusalReason | null {
  const card = task.cards.find(({ no }) => no === click.cardNo);
  if (!card || (click.batch && card.batch !== click.batch.id)) return "other_card";
  const shown = click.batch?.hash ?? click.written?.hash;
  if (shown !== undefined && shown !== task.hash) return "other_content";
  const { outcome } = click.entitlement;
  return outcome === "entitled" ? null : ENTITLEMENT_REFUSALS[outcome];
}

/** What somebody decides, of the round that the task is in; or why it would not count. */
export function decisionOf(
  task: Task,
  click: Omit<Click, "cardNo">,
  { verdict, nowMs }: { verdict: Decision["verdict"]; nowMs: number },
): Decision | { outcome: "refused"; reason: RefusalReason } {
  const deciding = decidingAs(task, click, verdict);
  if (deciding.outcome === "refused") return deciding;
  const chosen = verdict === "approve" ? choiceOf(task, click.selected) : { outcome: "chosen" as const };
  if (chosen.outcome === "refused") return chosen;
  const { clickKey } = click;
  const fixed = { ...task, ...(chosen.chosen ? { chosen: chosen.chosen } : {}) };
  const hash = verdict === "approve" ? approvedHash(task.hash, fixed) : task.hash;
  const made = { verdict, ...deciding.decider, atMs: nowMs, hash, round: task.round, clickKey };
  const repeated = repeatFault(task, made);
  if (repeated) return { outcome: "refused", reason: repeated };
  return { ...made, ...(chosen.chosen ? { chosen: chosen.chosen } : {}) };
}

/** Why this decision of somebody who may decide would not count; null when it does. */
function repeatFault(
  task: Task,
  { verdict, by, groups }: Pick<Decision, "verdict" | "by" | "groups">,
): RefusalReason | null {
  const known = votes(task).find((vote) => vote.by === by);
  const same = known?.verdict === verdict && groups.every((name) => known.groups.includes(name));
  if (!same) return null;
  return verdict === "approve" ? "already_counted" : "already_rejected";
}

export function onApprove(task: Task, input: InputOf<"approve">, nowMs: number): StepResult {
  return onDecision(task, { ...input, verdict: "approve" }, nowMs);
}

export function onReject(task: Task, input: InputOf<"reject">, nowMs: number): StepResult {
  return onDecision(task, { ...input, verdict: "reject" }, nowMs);
}

/** What comes behind the deadline decides nothing, even where the task's end is yet to be stored. */
function timeFault(task: Task, nowMs: number): RefusalReason | null {
  const isOver = task.deadlineAtMs !== null && nowMs > task.deadlineAtMs;
  return isOver && !dueStep(task, nowMs) ? "already_expired" : null;
}

function onDecision(
  task: Task,
  { click, verdict }: { click: Click; verdict: Decision["verdict"] },
  nowMs: number,
): StepResult {
  const fault = clickFault(task, click) ?? timeFault(task, nowMs);
  if (fault) return explainClick(task, click, fault, nowMs);
  const decision = decisionOf(task, click, { verdict, nowMs });
  if ("outcome" in decision) return explainClick(task, click, decision.reason, nowMs);
  const reason = givenReason(click.written?.reason ?? "");
  const clicked = afterClick(task, click, nowMs);
  if (reason === "" && needsReason(task.approval, verdict)) {
    return click.written?.on === "page" ? refused(task, "empty_reason") : askReason(clicked, decision, click);
  }
  const result = decide(clicked, reason === "" ? decision : { ...decision, reason }, nowMs);
  return { ...result, effects: [...replyTo(click, REPLIES[result.reason]), ...result.effects] };
}

/** What is told to a person whose decision counts and ends nothing. */
const REPLIES: Partial<Record<string, "approval_counted" | "rejection_counted">> = {
  approved_by_person: "approval_counted",
  rejection_counted: "rejection_counted",
};

const AWAITED_REASONS_KEPT = 60;

/** The click's code is kept for showing what comes of it. */
export function askReason(
  task: Task,
  { verdict, by, round, atMs, chosen }: Decision,
  told: Pick<Click, "written" | "batch"> = {},
): StepResult {
  const others = task.awaitedReasons.filter((awaited) => awaited.by !== by);
  const awaitedReasons = [...others, { verdict, by, round, atMs, ...(chosen ? { chosen } : {}) }].slice(
    -AWAITED_REASONS_KEPT,
  );
  return noted({ ...task, awaitedReasons }, "reason_asked", {}, replyTo({ ...told, by }, "reason_asked"));
}

/** The reason that somebody's click waited for: the decision counts as of now, by what they may now. */
export function onReason(task: Task, input: InputOf<"reason">, nowMs: number): StepResult {
  const { by, entitlement, standsFor, key } = input;
  if (task.seenClicks.includes(key)) return refused(task, "already_counted");
  const awaited = task.awaitedReasons.find((one) => one.by === by && one.round === task.round);
  if (!awaited) return refused(task, "no_reason_awaited");
  const late = timeFault(task, nowMs);
  if (late) return refused(task, late);
  if (entitlement.outcome !== "entitled") return refused(task, ENTITLEMENT_REFUSALS[entitlement.outcome]);
  const reason = givenReason(input.text);
  if (reason === "") return refused(task, "empty_reason");
  const selected = awaited.chosen ? { selected: awaited.chosen } : {};
  const told = { by, entitlement, clickKey: key, ...(standsFor ? { standsFor } : {}), ...selected };
  const decision = decisionOf(task, told, { verdict: awaited.verdict, nowMs });
  if ("outcome" in decision) return refused(task, decision.reason);
  return decide(afterCallback(task, key), { ...decision, reason }, nowMs);
}

/** A decision that counts, and what it makes of the task. */
export function decide(task: Task, decision: Decision, nowMs: number): StepResult {
  const { by, onBehalfOf, chosen } = decision;
  const decider = { by, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
  const awaitedReasons = task.awaitedReasons.filter((awaited) => awaited.by !== by);
  const fixed = chosen ? { chosen } : {};
  const decided = { ...task, ...fixed, awaitedReasons, decisions: [...task.decisions, decision] };
  if (hasRejection(decided)) {
    return ended(decided, { to: "rejected", reason: "rejected_by_person", nowMs, ...decider });
  }
  const shown = updateCards(decided, nowMs, "click_only");
  const { effects } = shown;
  if (!hasQuorum(decided)) {
    const reason = decision.verdict === "approve" ? "approved_by_person" : "rejection_counted";
    return moved(shown.task, { to: task.state, reason, nowMs, ...decider, effects });
  }
  const patch = { dueAtMs: nowMs, approvedAtMs: nowMs };
  return moved(shown.task, { to: "approved", reason: "quorum_reached", nowMs, ...decider, patch, effects });
}

interface Ending {
  to: "rejected" | "expired" | "withdrawn" | "canceled" | "refused" | "gave_up";
  reason: Parameters<typeof moved>[1]["reason"];
  nowMs: number;
  by?: string;
  onBehalfOf?: string;
  message?: string;
}

/**
 * The last move of a task that ends without an execution: cards are closed, the end is journaled. One that waits for
 * another start, while it is open whether an earlier one went through, is not over: people are asked about that one.
 */
export function ended(task: Task, { message, ...change }: Ending): StepResult {
  const { nowMs } = change;
  const told = message === undefined ? {} : { message };
  if (WAITING_STATES.some((state) => state === task.state) && isStartOpen(task)) {
    return becomeUnknown(task, { ...change, patch: { ...told, dueAtMs: nowMs } });
  }
  const shown = updateCards(task, nowMs, "click");
  const report: Effect[] = isReported(task, change) ? [{ kind: "report" }] : [];
  const effects: Effect[] = [...shown.effects, ...report, { kind: "ended" }];
  return moved(shown.task, { ...change, patch: told, effects });
}

/** Of a rejection the cards tell all but the person who asked for the task. */
function isReported(task: Task, { to, by }: Ending): boolean {
  const requester = requesterOf(task);
  return to !== "rejected" || (requester !== null && requester !== by);
}

/** A pending approval whose time has come: it was never asked, is to be escalated, or expires. */
export function onPendingTick(task: Task, nowMs: number): StepResult {
  if (task.dueAtMs !== null && nowMs < task.dueAtMs) return refused(task, "not_due");
  if (task.deadlineAtMs === null) return ended(task, { to: "expired", reason: "never_asked", nowMs });
  const step = dueStep(task, nowMs);
  if (step) return escalate(task, step, nowMs);
  return ended(task, { to: "expired", reason: "nobody_answered", nowMs });
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
  const effects = shown.effects.map((effect) => {
    return effect.kind === "update" ? { ...effect, asked: true as const } : effect;
  });
  return noted(task, "card_refreshed", diff(shown.task), effects);
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

import { type EscalationStep, MAX_ASKING_MS, type PeopleApproval } from "../approvals/approval.ts";
import { cardsFor, groupOfTask } from "./group-cards.ts";
import { moved, type StepResult } from "./result.ts";
import type { CardRecord, Task } from "./task.ts";

/** A card that is about to be sent. */
export function newCard(task: Task, to: CardRecord["to"], purpose: CardRecord["purpose"]): CardRecord {
  const no = task.cards.reduce((max, card) => Math.max(max, card.no), 0) + 1;
  return { no, to, purpose, recipients: [], unreachable: [], sentAtMs: null, codes: [] };
}

/** The times of an asking that begins now: steps that were asked before are not asked again. */
export function askedFrom(
  task: Pick<Task, "escalated">,
  approval: PeopleApproval,
  nowMs: number,
): Pick<Task, "askedAtMs" | "deadlineAtMs" | "dueAtMs"> {
  const deadlineAtMs = nowMs + approval.timeoutMs;
  const next = approval.escalate[task.escalated];
  const dueAtMs = next ? Math.min(deadlineAtMs, nowMs + next.afterMs) : deadlineAtMs;
  return { askedAtMs: nowMs, deadlineAtMs, dueAtMs };
}

/** The step that is to be asked when a task's time has come; undefined when its end has come instead. */
export function dueStep(task: Task, nowMs: number): EscalationStep | undefined {
  const { approval, askedAtMs, deadlineAtMs } = task;
  if (approval.mode !== "people" || askedAtMs === null || deadlineAtMs === null) return undefined;
  const next = approval.escalate[task.escalated];
  if (!next) return undefined;
  const atMs = askedAtMs + next.afterMs;
  if (approval.onTimeout === "escalate") return nowMs >= Math.min(atMs, deadlineAtMs) ? next : undefined;
  // Told by the times as they were meant, so that a step at the very deadline comes, however late this is asked.
  return atMs <= deadlineAtMs && nowMs >= atMs ? next : undefined;
}

/**
 * Asks the people of a step with a card of their own. Those who were asked before may still decide, and each of
 * their cards has one code of its sending, which closes it at the end; so it is left open (reference/wecom.md 3.8).
 */
export function escalate(task: Task, step: EscalationStep, nowMs: number): StepResult {
  const asking = cardsFor(task.id, newCard(task, [step.to], "escalation"), groupOfTask(task));
  const escalated = task.escalated + 1;
  const askedAtMs = task.askedAtMs ?? nowMs;
  const untilMs = Math.max(task.deadlineAtMs ?? 0, nowMs + step.timeoutMs);
  const deadlineAtMs = Math.min(untilMs, askedAtMs + MAX_ASKING_MS);
  const next = task.approval.mode === "people" ? task.approval.escalate[escalated] : undefined;
  const nextAtMs = next ? askedAtMs + next.afterMs : deadlineAtMs;
  const dueAtMs = Math.max(nowMs, Math.min(deadlineAtMs, nextAtMs));
  const patch = { escalated, deadlineAtMs, dueAtMs, cards: [...task.cards, ...asking.cards] };
  const { effects } = asking;
  return moved(task, { to: "pending_approval", reason: "escalated", nowMs, patch, effects });
}

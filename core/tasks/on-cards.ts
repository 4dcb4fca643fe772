import { withCard, withCode, withoutCode } from "./codes.ts";
import type { Effect } from "./effects.ts";
import { askedFrom } from "./escalation.ts";
import { caughtUp, showing } from "./hold.ts";
import type { InputOf } from "./inputs.ts";
import { noted, refused, type StepResult } from "./result.ts";
import type { MachineSettings } from "./settings.ts";
import { type CardRecord, isTerminal, type Task } from "./task.ts";

/** WeCom took a card: its recipients and its code are kept, and a first asking starts the clock. */
export function onCardSent(task: Task, input: InputOf<"card_sent">, nowMs: number): StepResult {
  if (!task.cards.some((card) => card.no === input.cardNo)) return refused(task, "other_card");
  const seen = withCard(task, input.cardNo, (card) => received(card, input, nowMs));
  if (isTerminal(task.state)) return closeLate(seen, input);
  const { task: told, effects } = caughtUp(seen, input.holdMs, nowMs);
  return noted(task, "card_sent", { cards: told.cards, ...askedFirst(task, nowMs) }, effects);
}

function received(card: CardRecord, input: InputOf<"card_sent">, nowMs: number): CardRecord {
  const { recipients, unreachable, messageId, code, holdMs } = input;
  const ids = messageId === undefined ? {} : { messageId };
  const sent = { ...showing(card, holdMs), recipients, unreachable, sentAtMs: nowMs, ...ids };
  return code === undefined ? sent : withCode(sent, { code, from: "send", atMs: nowMs });
}

function askedFirst(task: Task, nowMs: number): Partial<Task> {
  if (task.state !== "pending_approval" || task.approval.mode !== "people") return {};
  if (task.deadlineAtMs !== null) return {};
  return askedFrom(task, task.approval, nowMs);
}

/** The task was over before its card's code was known: the code closes the card now. */
function closeLate(task: Task, input: InputOf<"card_sent">): StepResult {
  const { cardNo, code } = input;
  if (code === undefined) return noted(task, "card_sent", { cards: task.cards });
  const spent = withCard(task, cardNo, (card) => withoutCode(card, code));
  const effects: Effect[] = [{ kind: "update", cardNo, code }];
  return noted(task, "card_sent", { cards: spent.cards }, effects);
}

/** A card that was not sent yet gives way to the batch's. */
export function onBatched(task: Task, { cardNo, batch }: InputOf<"batched">): StepResult {
  const card = task.cards.find(({ no }) => no === cardNo);
  if (!card) return refused(task, "other_card");
  if (card.sentAtMs !== null || (card.batch !== undefined && card.batch !== batch)) {
    return refused(task, "not_in_this_state");
  }
  const { cards } = withCard(task, cardNo, (one) => ({ ...one, batch }));
  return noted(task, "batched", { cards });
}

/** A first asking that waits for room is no silence of the people: its end moves on. */
export function onCardWaits(
  task: Task,
  _input: InputOf<"card_waits">,
  nowMs: number,
  { unaskedGraceMs }: MachineSettings,
): StepResult {
  if (task.deadlineAtMs !== null || task.approval.mode !== "people")
    return refused(task, "not_in_this_state");
  const dueAtMs = nowMs + task.approval.timeoutMs + unaskedGraceMs;
  return noted(task, "card_waits", { dueAtMs: Math.max(dueAtMs, task.dueAtMs ?? 0) });
}

/** WeCom will not take a card, ever: the task says so and waits for its time or another card. */
export function onCardFailed(task: Task, input: InputOf<"card_failed">): StepResult {
  return noted(task, "card_failed", { message: input.message });
}

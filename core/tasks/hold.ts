import type { Stop } from "../stops/stop.ts";
import { updateCards, withCard, withoutCode } from "./codes.ts";
import type { Effect } from "./effects.ts";
import { newCard } from "./escalation.ts";
import type { InputOf } from "./inputs.ts";
import { ended } from "./on-approval.ts";
import { startByMs } from "./on-clusters.ts";
import { moved, noted, refused, type StepResult } from "./result.ts";
import type { MachineSettings } from "./settings.ts";
import { type CardRecord, type Hold, isTerminal, type Task } from "./task.ts";

/** What holds a task now; undefined where nothing does. */
export function holdOf({ state, hold }: Pick<Task, "state" | "hold">): Hold | undefined {
  return state === "held" ? hold : undefined;
}

/**
 * A stop keeps an approved task from starting. Cards tell it once for each stop: to be looked at again and found as it
 * was is no step in the task's life. When its time to start is over, so is the task.
 */
export function onHold(
  task: Task,
  { stop }: InputOf<"hold">,
  nowMs: number,
  { heldRecheckMs }: MachineSettings,
): StepResult {
  const untilMs = startByMs(task);
  if (nowMs > untilMs) return ended(task, { to: "gave_up", reason: "start_too_late", nowMs });
  const dueAtMs = Math.min(nowMs + heldRecheckMs, untilMs + 1);
  if (isSame(holdOf(task)?.stop, stop)) return noted(task, "held_by_stop", { dueAtMs });
  const patch = { hold: { stop, sinceMs: nowMs }, dueAtMs };
  const effects = task.cards.filter(isShowable).map(({ no }): Effect => ({ kind: "show_hold", cardNo: no }));
  return moved(task, { to: "held", reason: "held_by_stop", nowMs, patch, effects });
}

function isSame(known: Stop | undefined, { scope, by, at }: Stop): boolean {
  return (
    known !== undefined &&
    known.at === at &&
    known.by === by &&
    JSON.stringify(known.scope) === JSON.stringify(scope)
  );
}

/** Its people have it, no batch's card stands for it and no later card has taken its place. */
function isShowable({ sentAtMs, batch, group, isFollowed }: CardRecord): boolean {
  return sentAtMs !== null && batch === undefined && group === undefined && !isFollowed;
}

/** No stop holds the task any more: it goes on to its start. */
export function onRelease(task: Task, nowMs: number): StepResult {
  const { hold: _, ...free } = task;
  const { task: told, effects } = tellGoingOn(free, nowMs);
  return moved(told, { to: "approved", reason: "released", nowMs, patch: { dueAtMs: nowMs }, effects });
}

/**
 * Cards that tell of a hold tell that it is over, by a code of a click. Where there is none, one new card follows them:
 * the code of a card's sending, where it is left, is what closes it at the end (reference/wecom.md 3.8).
 */
function tellGoingOn(task: Task, nowMs: number): { task: Task; effects: Effect[] } {
  const shown = updateCards(task, nowMs, "click_only");
  const anew = new Set(shown.effects.flatMap((effect) => (effect.kind === "update" ? effect.cardNo : [])));
  const left = shown.task.cards.filter(({ no, shownHoldMs }) => shownHoldMs !== undefined && !anew.has(no));
  if (left.length === 0) return shown;
  const cards = shown.task.cards.map((one) => (left.includes(one) ? followed(one) : one));
  const waiting = cards.find(({ purpose, sentAtMs }) => purpose === "going_on" && sentAtMs === null);
  const people = peopleOf(waiting ? [waiting, ...left] : left);
  if (waiting) {
    // It goes to these people too: somebody who is among both would get the same card twice.
    const joined = cards.map((one) => (one === waiting ? { ...one, to: people } : one));
    return { task: { ...task, cards: joined }, effects: shown.effects };
  }
  const card = newCard(task, people, "going_on");
  return {
    task: { ...task, cards: [...cards, card] },
    effects: [...shown.effects, { kind: "card", cardNo: card.no }],
  };
}

/** Whom some cards are for, each group of people once. */
function peopleOf(cards: readonly CardRecord[]): CardRecord["to"] {
  const people = cards.flatMap(({ to }) => to.map((one) => [JSON.stringify(one), one] as const));
  return [...new Map(people).values()];
}

function followed({ shownHoldMs: _, ...card }: CardRecord): CardRecord {
  return { ...card, isFollowed: true };
}

/** The card with what it tells of a hold; `holdMs` is when that began, undefined where it tells of none. */
export function showing<Card extends { shownHoldMs?: number }>(
  { shownHoldMs: _, ...card }: Card,
  holdMs: number | undefined,
): Omit<Card, "shownHoldMs"> & { shownHoldMs?: number } {
  return holdMs === undefined ? card : { ...card, shownHoldMs: holdMs };
}

/** What follows where a card has been made to tell of a hold that was over by then. */
export function caughtUp(
  task: Task,
  holdMs: number | undefined,
  nowMs: number,
): { task: Task; effects: Effect[] } {
  const isOver = holdMs !== undefined && task.state !== "held" && !isTerminal(task.state);
  return isOver ? tellGoingOn(task, nowMs) : { task, effects: [] };
}

/** A card was shown anew, with this code, and so tells of this hold, or of none. */
export function onCardShown(task: Task, input: InputOf<"card_shown">, nowMs: number): StepResult {
  const { cardNo, code, holdMs } = input;
  if (!task.cards.some(({ no }) => no === cardNo)) return refused(task, "other_card");
  const shown = withCard(task, cardNo, (card) => withoutCode(showing(card, holdMs), code));
  const { task: told, effects } = caughtUp(shown, holdMs, nowMs);
  return noted(task, "card_shown", { cards: told.cards }, effects);
}

import { cardId } from "../ids/index.ts";
import type { Effect } from "./effects.ts";
import type { StepResult } from "./result.ts";
import { type CardRecord, isTerminal, type Task } from "./task.ts";

/** The group that hears of a task: where its approval is shown, else the one that its rule reports to. */
export function groupOfTask({ approval, report }: Pick<Task, "approval" | "report">): string | undefined {
  return (approval.mode === "people" ? approval.group : undefined) ?? report.group;
}

/** Cards, and what sends them. */
export interface NewCards {
  cards: CardRecord[];
  effects: Effect[];
}

/** A card for people and, where there is a group, the same once more for it. */
export function cardsFor(taskId: string, card: CardRecord, group: string | undefined): NewCards {
  const own: Effect = { kind: "card", cardNo: card.no };
  if (group === undefined) return { cards: [card], effects: [own] };
  const shown = { ...card, no: card.no + 1, group };
  const effect: Effect = { kind: "group_card", group, cardId: cardId(taskId, shown.no) };
  return { cards: [card, shown], effects: [own, effect] };
}

/**
 * The same step, told in each group whose card asks for nothing any more and shows it not: the AI bot changes a card in
 * answer to a click on it alone (reference/wecom.md 4.1). How a task ended is reported there anyway.
 */
export function withGroupsTold(before: Task, result: StepResult, clickedNo: number | undefined): StepResult {
  const { task } = result;
  const wasAsked = before.state === "pending_approval" || before.state === "unknown";
  if (!wasAsked || task.state === before.state || isTerminal(task.state)) return result;
  const stale = before.cards.filter(({ no, group, sentAtMs }) => {
    return group !== undefined && sentAtMs !== null && no !== clickedNo;
  });
  const newest = new Map(stale.map(({ group, no }) => [group, no]));
  const told = [...newest].flatMap(([group, no]): Effect[] => {
    return group === undefined ? [] : [{ kind: "group_state", group, cardId: cardId(task.id, no) }];
  });
  return { ...result, effects: [...result.effects, ...told] };
}

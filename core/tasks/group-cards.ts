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

/** So long a word to a group waits: what has ended by then is reported, and what comes at once is told with it. */
export const GROUP_STATE_AFTER_MS = 2_000;

/** Whether a card asks for nothing any more, or a stop holds the task or has let it go. */
function isNewsToGroups(before: Task, { state, hold, approvedAtMs }: Task): boolean {
  if (state === before.state || isTerminal(state)) return false;
  if (before.state === "pending_approval" || before.state === "unknown" || before.state === "held")
    return true;
  if (state !== "held") return false;
  // Who has just been told of the approval is told then that it is held.
  return (hold?.sinceMs ?? 0) - (approvedAtMs ?? 0) > GROUP_STATE_AFTER_MS;
}

/**
 * The same step, told in each group whose card asks for nothing any more and shows it not: the AI bot changes a card in
 * answer to a click on it alone (reference/wecom.md 4.1). How a task ended is reported there anyway.
 */
export function withGroupsTold(before: Task, result: StepResult, clickedNo: number | undefined): StepResult {
  const { task } = result;
  if (!isNewsToGroups(before, task)) return result;
  const stale = before.cards.filter(({ no, group, sentAtMs }) => {
    return group !== undefined && sentAtMs !== null && no !== clickedNo;
  });
  const newest = new Map(stale.map(({ group, no }) => [group, no]));
  const told = [...newest].flatMap(([group, no]): Effect[] => {
    return group === undefined ? [] : [{ kind: "group_state", group, cardId: cardId(task.id, no) }];
  });
  return { ...result, effects: [...result.effects, ...told] };
}

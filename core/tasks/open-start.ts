import { entitledGroups } from "../approvals/quorum.ts";
import { updateCards } from "./codes.ts";
import { newCard } from "./escalation.ts";
import { cardsFor, groupOfTask } from "./group-cards.ts";
import { heldBefore } from "./on-clusters.ts";
import { type Change, moved, type StepResult } from "./result.ts";
import type { Task } from "./task.ts";

/** Whether a start of the task may have gone through of which nobody has found out. */
export function isStartOpen(task: Task): boolean {
  return task.execution === null && heldBefore(task).before !== undefined;
}

/** Nobody knows whether a start went through: people are asked, and it is looked for on and on. */
export function becomeUnknown(task: Task, change: Omit<Change, "to" | "effects">): StepResult {
  const { patch, ...facts } = change;
  const asking = cardsFor(task.id, newCard(task, entitledGroups(task), "unknown"), groupOfTask(task));
  const shown = updateCards(task, change.nowMs, "click_only");
  const start = task.start && { ...task.start, looks: 0 };
  const cards = [...shown.task.cards, ...asking.cards];
  const effects = [...shown.effects, ...asking.effects];
  return moved(task, { ...facts, to: "unknown", patch: { ...patch, start, cards }, effects });
}

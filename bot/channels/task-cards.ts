import { cardWords, taskCard } from "../../core/cards/index.ts";
import { parseCardId } from "../../core/ids/index.ts";
import type { Logger, TaskStore } from "../../core/ports/index.ts";
import { type CardRecord, isTerminal, type Task } from "../../core/tasks/index.ts";
import type { Advancer, Viewer } from "../workers/index.ts";
import type { CardFinder } from "./group-card.ts";

export interface TaskCardDeps {
  tasks: Pick<TaskStore, "get">;
  advancer: Advancer;
  view: Viewer;
  log: Logger;
}

/** Finds cards of tasks. Who was asked has a card of their own, whatever becomes of the group's. */
export function taskCards({ tasks, advancer, view, log }: TaskCardDeps): CardFinder {
  return async (id) => {
    const at = parseCardId(id);
    const task = at ? await tasks.get(at.taskId) : null;
    const record = task?.cards.find(({ no }) => no === at?.cardNo);
    if (!task || !record) return null;
    const viewing = await view(task);
    const card = taskCard(task, record, viewing);
    const cardNo = record.no;
    return {
      view: card,
      // How it ended is reported.
      words: isTerminal(task.state) ? null : cardWords(card, viewing),
      open: isOpen(task, record),
      sent: async (settles) => {
        const sent = { kind: "card_sent" as const, cardNo, recipients: [], unreachable: [] };
        await advancer.advance(task, sent, { settles });
      },
      failed: async (settles, message) => {
        log.error({ taskId: task.id, cardNo, reason: message }, "card cannot be shown in its group");
        await advancer.advance(task, { kind: "card_failed", cardNo, message }, { settles });
      },
    };
  };
}

function isOpen({ state }: Task, { purpose }: CardRecord): boolean {
  return purpose === "unknown" ? state === "unknown" : !isTerminal(state);
}

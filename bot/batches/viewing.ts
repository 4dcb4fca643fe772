import { type Batch, type BatchCard, lastHeld } from "../../core/batches/index.ts";
import { batchCard, batchRefusedText, batchToldText, type CardView } from "../../core/cards/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Viewer } from "../workers/viewing.ts";
import type { BatchTold } from "./clicks.ts";

/** What people see of batches. */
export interface BatchViewing {
  viewBatch: (batch: Batch, card: BatchCard, tasks: readonly Task[]) => Promise<CardView>;
  answer: (told: BatchTold, to: string) => Promise<string>;
}

export function batchViewing(view: Viewer): BatchViewing {
  return {
    viewBatch: async (_, card, tasks) => {
      const to = card.for === undefined ? card.recipients : [card.for];
      // Those who are named on it are those of one that waits, or else is held.
      const told = tasks.find(({ state }) => state === "pending_approval") ?? lastHeld(tasks) ?? null;
      return batchCard(card, tasks, await view(told, to));
    },
    answer: async (told, to) => {
      const { texts } = await view(null, [to]);
      if (told.about === "decided") {
        return batchToldText({ id: told.batch.id, verdict: told.verdict }, told.tally, texts);
      }
      return batchRefusedText(told.about === "refused" ? told.reason : "nothing_open", texts);
    },
  };
}

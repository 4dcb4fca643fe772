import type { Batch, BatchCard } from "../../core/batches/index.ts";
import { batchCard, batchRefusedText, batchToldText, type CardView } from "../../core/cards/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Viewer } from "../workers/viewing.ts";
import type { BatchTold } from "./clicks.ts";

/** What people see of batches. */
export interface BatchViewing {
  viewBatch: (batch: Batch, card: BatchCard, tasks: readonly Task[]) => Promise<CardView>;
  answer: (told: BatchTold) => Promise<string>;
}

export function batchViewing(view: Viewer): BatchViewing {
  return {
    viewBatch: async (_, card, tasks) => batchCard(card, tasks, await view(null)),
    answer: async (told) => {
      const { texts } = await view(null);
      if (told.about === "decided") {
        return batchToldText({ id: told.batch.id, verdict: told.verdict }, told.tally, texts);
      }
      return batchRefusedText(told.about === "refused" ? told.reason : "nothing_open", texts);
    },
  };
}

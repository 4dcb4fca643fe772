import type { Batch, BatchCard } from "../../core/batches/index.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { StateStore } from "../../core/ports/index.ts";
import { type UpdateCode, withCode } from "../../core/tasks/index.ts";

const MAX_TRIES = 8;

/** Keeps a batch as it was made. One that is there already stays as it is. */
export async function keepBatch(batch: Batch, state: Pick<StateStore, "put">): Promise<Batch> {
  const put = await state.put({ kind: "batch", name: batch.id, expected: null, body: batch });
  if (put.outcome === "stored") return batch;
  return put.current?.body ?? batch;
}

/** Changes a batch as it is stored at this moment; null when it is gone, or the change is null. */
export async function changeBatch(
  id: string,
  change: (batch: Batch) => Batch | null,
  state: Pick<StateStore, "get" | "put">,
): Promise<Batch | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await state.get("batch", id);
    const changed = found ? change(found.body) : null;
    if (!found || !changed) return null;
    const put = await state.put({ kind: "batch", name: id, expected: found.revision, body: changed });
    if (put.outcome === "stored") return changed;
  }
  throw new ChatOpsError("the batch keeps being changed by others", {
    code: "batch.contended",
    retryable: true,
  });
}

/** Changes one card of a batch. */
export function withBatchCard(batch: Batch, no: number, change: (card: BatchCard) => BatchCard): Batch {
  return { ...batch, cards: batch.cards.map((card) => (card.no === no ? change(card) : card)) };
}

/** Keeps a code for a later update of one card. */
export function keepBatchCode(
  id: string,
  no: number,
  { code, state }: { code: UpdateCode; state: Pick<StateStore, "get" | "put"> },
): Promise<Batch | null> {
  return changeBatch(id, (batch) => withBatchCard(batch, no, (card) => withCode(card, code)), state);
}

import { outboxKey } from "../../core/ids/index.ts";
import type { Clock, Logger, Outbox, StateStore, TaskStore } from "../../core/ports/index.ts";
import { type Loop, startLoop } from "../workers/loop.ts";
import { isDecided } from "./deliver.ts";

export interface BatchSweepDeps {
  state: Pick<StateStore, "list" | "put" | "remove">;
  tasks: Pick<TaskStore, "get">;
  outbox: Pick<Outbox, "add">;
  clock: Clock;
  log: Logger;
}

const EVERY_MS = 20_000;
/** No code of its cards lives longer (reference/wecom.md 3.8), and no approval is open for as long. */
const KEPT_MS = 73 * 3_600_000;

/**
 * Closes the cards of batches of which nothing is left to decide, however it was decided, and forgets batches whose
 * cards cannot be changed any more.
 */
export function startBatchSweep(deps: BatchSweepDeps): Loop {
  const { clock, log } = deps;
  const round = async () => {
    await sweepBatches(deps);
    return { more: false, nextDueAtMs: null };
  };
  return startLoop({ name: "batches", clock, log, maxIdleMs: EVERY_MS, round });
}

/** One look at all batches. */
export async function sweepBatches({ state, tasks, outbox, clock }: BatchSweepDeps): Promise<void> {
  const nowMs = clock.nowMs();
  for (const { name, revision, body: batch } of await state.list("batch")) {
    if (nowMs - batch.madeAtMs > KEPT_MS) await state.remove("batch", name, revision);
    else if (batch.closedAtMs === undefined && wasSent(batch.cards) && (await isDecided(batch, tasks))) {
      const shows = batch.cards.map(({ no }) => {
        const body = { kind: "batch_update" as const, batch: name, cardNo: no };
        const key = outboxKey(name, `closed-${no}`, 1);
        return { key, taskId: null, lane: 1 as const, body, dueAtMs: nowMs };
      });
      await outbox.add(shows);
      await state.put({ kind: "batch", name, expected: revision, body: { ...batch, closedAtMs: nowMs } });
    }
  }
}

function wasSent(cards: readonly { sentAtMs: number | null }[]): boolean {
  return cards.some(({ sentAtMs }) => sentAtMs !== null);
}

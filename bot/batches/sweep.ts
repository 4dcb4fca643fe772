import { type Batch, type BatchCard, codeFor, heldSinceMs } from "../../core/batches/index.ts";
import { outboxKey } from "../../core/ids/index.ts";
import type { Clock, Logger, Outbox, OutboxItem, StateStore, TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { type Loop, startLoop } from "../workers/loop.ts";
import { changeBatch } from "./store.ts";

export interface BatchSweepDeps {
  state: Pick<StateStore, "list" | "get" | "put" | "remove">;
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
 * cards cannot be changed any more. While a stop holds tasks of a batch its cards tell that, and are closed afterwards.
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
export async function sweepBatches(deps: BatchSweepDeps): Promise<void> {
  const { state, clock } = deps;
  for (const { name, revision, body: batch } of await state.list("batch")) {
    if (clock.nowMs() - batch.madeAtMs > KEPT_MS) await state.remove("batch", name, revision);
    else if (batch.closedAtMs === undefined && wasSent(batch.cards)) await showDecided(batch, deps);
  }
}

function wasSent(cards: readonly { sentAtMs: number | null }[]): boolean {
  return cards.some(({ sentAtMs }) => sentAtMs !== null);
}

async function showDecided(batch: Batch, deps: BatchSweepDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const tasks = await decidedTasks(batch, deps.tasks);
  if (tasks === null || tasks.some((task) => isStarting(task, nowMs))) return;
  const holdMs = heldSinceMs(tasks);
  if (holdMs === undefined) return close(batch, deps);
  const untold = batch.cards.filter((card) => card.shownHoldMs !== holdMs && codeFor(card, nowMs, true));
  const shows = untold.map(({ no }) => showing(batch, { no, as: `hold-${no}`, n: holdMs }, nowMs));
  if (shows.length > 0) await deps.outbox.add(shows);
}

/** The tasks of a batch; null as long as something of it is left to decide. They are read one after the other. */
async function decidedTasks({ members }: Batch, tasks: Pick<TaskStore, "get">): Promise<Task[] | null> {
  const decided: Task[] = [];
  for (const { id } of members) {
    const task = await tasks.get(id);
    if (task?.state === "pending_approval") return null;
    if (task) decided.push(task);
  }
  return decided;
}

/** Just approved: whether a stop holds it is known in a moment. */
function isStarting({ state, updatedAtMs }: Task, nowMs: number): boolean {
  return state === "approved" && Math.abs(nowMs - updatedAtMs) < EVERY_MS;
}

async function close(batch: Batch, deps: BatchSweepDeps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const isStale = ({ purpose, shownHoldMs, codes }: BatchCard) =>
    purpose === "ask" && shownHoldMs !== undefined && codes.length === 0;
  const now = batch.cards.some(isStale) ? await changeBatch(batch.id, withFollowing, deps.state) : batch;
  const items = (now?.cards ?? []).map((card) => {
    if (card.purpose !== "follow")
      return showing(batch, { no: card.no, as: `closed-${card.no}`, n: 1 }, nowMs);
    const body = { kind: "batch" as const, batch: batch.id, cardNo: card.no };
    return {
      key: outboxKey(batch.id, "card", card.no),
      taskId: null,
      lane: 2 as const,
      body,
      dueAtMs: nowMs,
    };
  });
  await deps.outbox.add(items);
  await changeBatch(batch.id, (one) => ({ ...one, closedAtMs: nowMs }), deps.state);
}

/** Where a card cannot tell that a hold is over, another one does. */
function withFollowing(batch: Batch): Batch {
  if (batch.cards.some(({ purpose }) => purpose === "follow")) return batch;
  const no = batch.cards.length + 1;
  return {
    ...batch,
    cards: [...batch.cards, { no, purpose: "follow", recipients: [], sentAtMs: null, codes: [] }],
  };
}

function showing(
  batch: Batch,
  { no, as, n }: { no: number; as: string; n: number },
  dueAtMs: number,
): OutboxItem {
  const body = { kind: "batch_update" as const, batch: batch.id, cardNo: no };
  return { key: outboxKey(batch.id, as, n), taskId: null, lane: 1, body, dueAtMs };
}

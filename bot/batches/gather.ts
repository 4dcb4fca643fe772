import { batchKey, batchOf, MAX_MEMBERS, type WaitingCard } from "../../core/batches/index.ts";
import { outboxKey } from "../../core/ids/index.ts";
import type {
  Clock,
  Logger,
  Outbox,
  OutboxClaim,
  OutboxItem,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import type { CardRecord, Task } from "../../core/tasks/index.ts";
import { abreast } from "./abreast.ts";
import { keepBatch } from "./store.ts";

export interface GatherDeps {
  outbox: Pick<Outbox, "behind" | "settle" | "add">;
  tasks: Pick<TaskStore, "get">;
  state: Pick<StateStore, "put">;
  clock: Clock;
  log: Logger;
}

/** So long cards are gathered before one card is made of them. */
const GATHER_MS = 10_000;
/** Reading so many tasks at the same time is enough. */
const ABREAST = 32;

/** The item in a card's place while it waits for others; null where it may not share a card. */
export function waitingItem(
  claim: Pick<OutboxClaim, "key">,
  { task, card, nowMs }: { task: Task; card: CardRecord; nowMs: number },
): OutboxItem | null {
  const key = batchKey(task, card);
  if (key === null) return null;
  const body = { kind: "waiting_card" as const, task: task.id, cardNo: card.no };
  return { key: `${claim.key}~batch`, taskId: `#${key}`, lane: 1, body, dueAtMs: nowMs + GATHER_MS };
}

/**
 * Makes one batch of everything that waits behind this card, and orders its card; `alone` when nothing else waits, and
 * the card is to be sent as its own. The batch is stored and its card ordered before what waited is settled: after a
 * crash in between they are gathered again, and each task is in the batch that it joins.
 */
export async function gatherBatch(claim: OutboxClaim, deps: GatherDeps): Promise<"alone" | "done"> {
  const { outbox, clock, log } = deps;
  const behind = await outbox.behind(claim.key, claim.fence, MAX_MEMBERS - 1);
  const waiting = await stillWaiting([claim, ...behind], deps.tasks);
  const [first, ...others] = waiting;
  if (first && others.length === 0) {
    if (first.key === claim.key) return "alone";
    const stale = behind.flatMap(({ key }) => (key === first.key ? [] : [key]));
    await outbox.settle(claim.key, claim.fence, stale);
    return "done";
  }
  if (first) {
    const nowMs = clock.nowMs();
    const batch = await keepBatch(batchOf([first, ...others], nowMs), deps.state);
    const body = { kind: "batch" as const, batch: batch.id, cardNo: 1 };
    const key = outboxKey(batch.id, "card", 1);
    await outbox.add([{ key, taskId: null, lane: 1, body, dueAtMs: nowMs }]);
    log.info({ batch: batch.id, rule: batch.ruleId, tasks: waiting.length }, "cards share one");
  }
  const keys = behind.map(({ key }) => key);
  await outbox.settle(claim.key, claim.fence, keys);
  return "done";
}

async function stillWaiting(
  items: readonly OutboxItem[],
  tasks: Pick<TaskStore, "get">,
): Promise<WaitingCard[]> {
  const waiting = await abreast(items, ABREAST, (item) => waitingOf(item, tasks));
  return waiting.filter((one) => one !== null);
}

async function waitingOf(
  { key, body }: OutboxItem,
  tasks: Pick<TaskStore, "get">,
): Promise<WaitingCard | null> {
  if (body.kind !== "waiting_card") return null;
  const task = await tasks.get(body.task);
  const card = task?.cards.find(({ no }) => no === body.cardNo);
  return task && card && batchKey(task, card) !== null ? { key, task, cardNo: card.no } : null;
}

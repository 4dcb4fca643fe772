import {
  type Batch,
  type BatchCard,
  type BatchMember,
  codeFor,
  heldSinceMs,
} from "../../core/batches/index.ts";
import type { CardView } from "../../core/cards/index.ts";
import { errorText, isFinal } from "../../core/errors.ts";
import { cardId, hashOf } from "../../core/ids/index.ts";
import type {
  CardReceipt,
  Clock,
  Directory,
  Logger,
  Metrics,
  Outbox,
  OutboxClaim,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import { showing, type Task, withCode, withoutCode } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Advancer } from "../workers/advance.ts";
import type { Channel } from "../workers/channel.ts";
import { membersOf, nobody } from "../workers/hearers.ts";
import { abreast } from "./abreast.ts";
import { changeBatch, withBatchCard } from "./store.ts";

export interface BatchDeliverDeps {
  outbox: Pick<Outbox, "settle">;
  state: Pick<StateStore, "get" | "put">;
  tasks: Pick<TaskStore, "get">;
  channel: Pick<Channel, "card" | "update">;
  directory: Directory;
  delegations: Pick<DelegationKeeper, "withDelegates">;
  advancer: Advancer;
  /** How a batch's card looks for its tasks as they are now. */
  viewBatch: (batch: Batch, card: BatchCard, tasks: readonly Task[]) => Promise<CardView>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

const ABREAST = 16;

/** Sends a batch's card, or shows one anew, and settles its item. Throws when it is to be tried again. */
export async function deliverBatch(claim: OutboxClaim, deps: BatchDeliverDeps): Promise<void> {
  const { body } = claim;
  if (body.kind !== "batch" && body.kind !== "batch_update") return;
  const batch = (await deps.state.get("batch", body.batch))?.body;
  const card = batch?.cards.find(({ no }) => no === body.cardNo);
  if (batch && card) {
    if (body.kind === "batch") await send(claim, { batch, card }, deps);
    else await update(claim, { batch, card }, deps);
  }
  await deps.outbox.settle(claim.key, claim.fence);
}

interface Sent {
  batch: Batch;
  card: BatchCard;
}

async function send(claim: OutboxClaim, { batch, card }: Sent, deps: BatchDeliverDeps): Promise<void> {
  if (card.sentAtMs !== null) return;
  const joined = card.purpose === "ask" ? await join(batch, deps) : batch;
  if (joined.members.length === 0) return;
  const tasks = await tasksOf(joined, card, deps);
  if (card.purpose !== "follow" && tasks.every(({ state }) => state !== "pending_approval")) return;
  const { recipients, receipt } = await sentCard(claim, { batch: joined, card, tasks }, deps).catch(
    async (error: unknown) => {
      if (isFinal(error) && card.purpose === "ask") await tellFailed(joined, errorText(error), deps);
      throw error;
    },
  );
  if (card.purpose === "ask") await tellTasks(joined, { recipients, unreachable: receipt.unreachable }, deps);
  const atMs = deps.clock.nowMs();
  const sent = (one: BatchCard): BatchCard => {
    const known = { ...one, recipients, sentAtMs: atMs };
    return receipt.code === undefined ? known : withCode(known, { code: receipt.code, from: "send", atMs });
  };
  await changeBatch(batch.id, (one) => withBatchCard(one, card.no, sent), deps.state);
}

async function sentCard(
  claim: OutboxClaim,
  { batch, card, tasks }: Sent & { tasks: readonly Task[] },
  deps: BatchDeliverDeps,
): Promise<{ recipients: string[]; receipt: CardReceipt }> {
  const asked = card.for === undefined ? await membersOf(batch.to, deps) : [card.for];
  if (asked.length === 0) throw nobody(batch.to);
  const recipients = card.for === undefined ? await deps.delegations.withDelegates(asked) : asked;
  const sending = {
    cardId: cardId(batch.id, card.no),
    recipients,
    card: await deps.viewBatch(batch, { ...card, recipients }, tasks),
    mayBeRepeat: claim.attempts > 0,
  };
  return { recipients, receipt: await deps.channel.card(claim, sending) };
}

/** Who is in the batch is who says so: a task joins one batch, and what is decided or asked elsewhere joins none. */
async function join(batch: Batch, deps: BatchDeliverDeps): Promise<Batch> {
  const joined: BatchMember[] = [];
  await abreast(batch.members, ABREAST, async (member) => {
    const task = await deps.tasks.get(member.id);
    if (!task) return;
    const input = { kind: "batched" as const, cardNo: member.cardNo, batch: batch.id };
    const { task: now } = await deps.advancer.advance(task, input);
    if (now.cards.find(({ no }) => no === member.cardNo)?.batch === batch.id) joined.push(member);
  });
  if (joined.length === batch.members.length) return batch;
  const ids = new Set(joined.map(({ id }) => id));
  const members = batch.members.filter(({ id }) => ids.has(id));
  const left = { members, hash: hashOf(members.map(({ hash }) => hash).sort()) };
  return (await changeBatch(batch.id, (one) => ({ ...one, ...left }), deps.state)) ?? { ...batch, ...left };
}

/** WeCom has taken the card that stands for theirs: the tasks' time begins. */
async function tellTasks(
  batch: Batch,
  reached: { recipients: string[]; unreachable: string[] },
  { tasks, advancer }: BatchDeliverDeps,
): Promise<void> {
  await abreast(batch.members, ABREAST, async ({ id, cardNo }) => {
    const task = await tasks.get(id);
    if (task) await advancer.advance(task, { kind: "card_sent", cardNo, ...reached });
  });
}

/** WeCom will not take the card, ever: each task says so, as for a card of its own. */
async function tellFailed(
  batch: Batch,
  message: string,
  { tasks, advancer }: BatchDeliverDeps,
): Promise<void> {
  await abreast(batch.members, ABREAST, async ({ id, cardNo }) => {
    const task = await tasks.get(id);
    if (task) await advancer.advance(task, { kind: "card_failed", cardNo, message });
  });
}

async function update(claim: OutboxClaim, { batch, card }: Sent, deps: BatchDeliverDeps): Promise<void> {
  const tasks = await tasksOf(batch, card, deps);
  const isEnd = tasks.every(({ state }) => state !== "pending_approval");
  const found = codeFor(card, deps.clock.nowMs(), isEnd);
  if (!found) return;
  const view = await deps.viewBatch(batch, withoutCode(card, found.code), tasks);
  const updating = {
    recipients: card.recipients,
    code: found.code,
    card: view,
    mayBeRepeat: claim.attempts > 0,
  };
  const outcome = await deps.channel.update(claim, updating);
  // Only now: a code that may have been used twice is refused, one that is lost is never used.
  const spend = (one: BatchCard) => showing(withoutCode(one, found.code), heldSinceMs(tasks));
  await changeBatch(batch.id, (one) => withBatchCard(one, card.no, spend), deps.state);
  deps.metrics.count("card_updates", { outcome });
}

async function tasksOf({ members }: Batch, card: BatchCard, deps: BatchDeliverDeps): Promise<Task[]> {
  const ids = card.members ?? members.map(({ id }) => id);
  const found = await abreast(ids, ABREAST, (id) => deps.tasks.get(id));
  return found.filter((task) => task !== null);
}

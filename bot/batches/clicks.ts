import {
  type Batch,
  type BatchMember,
  type BatchOrder,
  type BatchTally,
  BOXES_KEY,
  batchOrder,
  MAX_BOXES,
} from "../../core/batches/index.ts";
import { outboxKey, parseBatchCardId } from "../../core/ids/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import type {
  Clock,
  InboxPayload,
  Logger,
  Metrics,
  Outbox,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Click, Decision, StepResult } from "../../core/tasks/index.ts";
import { type StandingDeps, standings } from "../chat/standing.ts";
import type { Advancer } from "../workers/advance.ts";
import { abreast } from "./abreast.ts";
import { changeBatch, keepBatchCode } from "./store.ts";

export interface BatchClickDeps extends StandingDeps {
  state: Pick<StateStore, "get" | "put">;
  tasks: Pick<TaskStore, "get">;
  outbox: Pick<Outbox, "add">;
  advancer: Advancer;
  /** What is told to the one who clicked. */
  answer: (told: BatchTold, to: string) => Promise<string>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** What came of a click on a batch's card. */
export type BatchTold =
  | { about: "decided"; batch: Batch; verdict: Decision["verdict"]; tally: BatchTally }
  | { about: "refused"; batch: Batch; reason: Extract<BatchOrder, { outcome: "refused" }>["reason"] }
  | { about: "nothing_open"; batch: Batch };

type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

/** So many tasks are decided at the same time. */
const ABREAST = 16;

/**
 * Carries out one click on a batch's card: each task is decided by itself, as if its own card had been clicked. Worked
 * on again after a crash, what was decided counts once. False when the card is none of a batch.
 */
export async function handleBatchClick(
  payload: ClickPayload,
  clickKey: string,
  deps: BatchClickDeps,
): Promise<boolean> {
  const at = parseBatchCardId(payload.cardId);
  if (!at) return false;
  const batch = (await deps.state.get("batch", at.batchId))?.body;
  if (!batch) {
    deps.metrics.count("clicks", { outcome: "unknown_card" });
    deps.log.warn({ cardId: payload.cardId, by: payload.userId }, "click on a batch's card that is not ours");
    return true;
  }
  const { code } = payload;
  if (code !== undefined) {
    const kept = { code: { code, from: "click" as const, atMs: deps.clock.nowMs() }, state: deps.state };
    await keepBatchCode(batch.id, at.cardNo, kept);
  }
  const ticked = payload.selected?.[BOXES_KEY] ?? [];
  const order = batchOrder(batch, { cardNo: at.cardNo, button: payload.button, ticked });
  deps.metrics.count("clicks", { outcome: `batch_${order.outcome}` });
  await carryOut(order, { batch, cardNo: at.cardNo, by: payload.userId, clickKey }, deps);
  return true;
}

interface BatchClick {
  batch: Batch;
  cardNo: number;
  by: string;
  clickKey: string;
}

async function carryOut(order: BatchOrder, click: BatchClick, deps: BatchClickDeps): Promise<void> {
  const { batch, cardNo } = click;
  switch (order.outcome) {
    case "refused":
      return tell({ about: "refused", batch, reason: order.reason }, click, deps);
    case "refreshes":
      return refresh(batch.id, cardNo, deps);
    case "chooses":
      return ask(click, deps);
    case "decides": {
      const { verdict, members } = order;
      const tally = await decideAll(members, { ...click, verdict }, deps);
      await tell({ about: "decided", batch, verdict, tally }, click, deps);
      for (const { no } of batch.cards) await refresh(batch.id, no, deps);
      return;
    }
    default:
      return order satisfies never;
  }
}

async function decideAll(
  members: readonly BatchMember[],
  click: BatchClick & { verdict: Decision["verdict"] },
  deps: BatchClickDeps,
): Promise<BatchTally> {
  const tally = new Map<StepResult["reason"] | "gone", number>();
  const standing = standings(click.by, deps);
  const reasons = await abreast(members, ABREAST, (member) =>
    decideOne(member, { ...click, standing }, deps),
  );
  for (const reason of reasons) tally.set(reason, (tally.get(reason) ?? 0) + 1);
  return tally;
}

async function decideOne(
  { id, cardNo, hash }: BatchMember,
  click: BatchClick & {
    verdict: Decision["verdict"];
    standing: ReturnType<typeof standings>;
  },
  { tasks, advancer }: BatchClickDeps,
): Promise<StepResult["reason"] | "gone"> {
  const task = await tasks.get(id);
  if (!task) return "gone";
  const made: Click = {
    by: click.by,
    ...(await click.standing(task)),
    cardNo,
    clickKey: `${click.clickKey}:${id}`,
    batch: { id: click.batch.id, hash },
  };
  return (await advancer.advance(task, { kind: click.verdict, click: made })).reason;
}

/** A card with boxes for the one who clicked, of the first members that are still open. */
async function ask({ batch, by, clickKey }: BatchClick, deps: BatchClickDeps): Promise<void> {
  const open: string[] = [];
  for (const { id } of batch.members) {
    if (open.length === MAX_BOXES) break;
    if ((await deps.tasks.get(id))?.state === "pending_approval") open.push(id);
  }
  if (open.length === 0) return tell({ about: "nothing_open", batch }, { batch, by, clickKey }, deps);
  const boxes = {
    purpose: "choose" as const,
    for: by,
    members: open,
    recipients: [],
    sentAtMs: null,
    codes: [],
  };
  const same = (cards: Batch["cards"]) => cards.find((card) => card.for === by && card.askedBy === clickKey);
  const changed = await changeBatch(
    batch.id,
    (one) => {
      if (same(one.cards)) return one;
      return { ...one, cards: [...one.cards, { ...boxes, no: one.cards.length + 1, askedBy: clickKey }] };
    },
    deps.state,
  );
  const card = changed && same(changed.cards);
  if (!card) return;
  const body = { kind: "batch" as const, batch: batch.id, cardNo: card.no };
  const key = outboxKey(batch.id, "card", card.no);
  await deps.outbox.add([{ key, taskId: null, lane: 1, body, dueAtMs: deps.clock.nowMs() }]);
}

async function refresh(id: string, cardNo: number, { outbox, clock }: BatchClickDeps): Promise<void> {
  const nowMs = clock.nowMs();
  const body = { kind: "batch_update" as const, batch: id, cardNo };
  await outbox.add([
    { key: outboxKey(id, `show-${cardNo}`, nowMs), taskId: null, lane: 1, body, dueAtMs: nowMs },
  ]);
}

async function tell(
  told: BatchTold,
  { by, clickKey }: Pick<BatchClick, "by" | "clickKey"> & { batch: Batch },
  deps: BatchClickDeps,
): Promise<void> {
  const text = await deps.answer(told, by);
  const body = { kind: "answer" as const, to: by, text };
  await deps.outbox.add([
    { key: `answer:${clickKey}`, taskId: answersTo(by), lane: 3, body, dueAtMs: deps.clock.nowMs() },
  ]);
}

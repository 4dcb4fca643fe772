import { lastOfHold, taskCard } from "../../core/cards/index.ts";
import { errorText, isChatOpsError, isFinal } from "../../core/errors.ts";
import { cardId } from "../../core/ids/index.ts";
import { BUDGET_SHORT } from "../../core/outbox/index.ts";
import type { OutboxBody, OutboxClaim } from "../../core/ports/index.ts";
import {
  type CardRecord,
  type Effect,
  holdOf,
  isTerminal,
  spareCode,
  type Task,
} from "../../core/tasks/index.ts";
import { waitingItem } from "../batches/gather.ts";
import type { DeliverDeps } from "./deliver.ts";
import { countDropped } from "./give-up.ts";
import { membersOf, nobody, tellCardFailed, tellUnreached } from "./hearers.ts";
import { progressNow } from "./runs-below.ts";

/** Sends cards of tasks and shows them anew; each settles its item, or puts others in its place. */
export interface CardDelivery {
  send(claim: OutboxClaim, task: Task, body: Pick<EffectOf<"card">, "cardNo">): Promise<void>;
  /** Sends a card that waits for room, together with others of its kind where there are any. */
  together(claim: OutboxClaim, body: BodyOf<"waiting_card">): Promise<void>;
  update(claim: OutboxClaim, task: Task, body: Updating): Promise<void>;
  showHold(claim: OutboxClaim, task: Task, body: EffectOf<"show_hold">): Promise<void>;
}

/** An approval that nobody was asked for yet and that ends sooner is kept. Far longer than a card is put off at once. */
const KEEP_ASKING_MS = 3_600_000;

/** How a card is shown anew; `isLast`: no code is left to show it once more. */
type Updating = Pick<EffectOf<"update">, "cardNo" | "code" | "asked"> & { isLast?: boolean };

type BodyOf<K extends OutboxBody["kind"]> = Extract<OutboxBody, { kind: K }>;
type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

export function createCardDelivery(deps: DeliverDeps): CardDelivery {
  const { outbox, channel, log } = deps;
  const settle = async (claim: OutboxClaim) => void (await outbox.settle(claim.key, claim.fence));

  const send = async (
    claim: OutboxClaim,
    task: Task,
    body: Pick<EffectOf<"card">, "cardNo">,
  ): Promise<void> => {
    const card = task.cards.find((c) => c.no === body.cardNo);
    const moot =
      !card ||
      card.batch !== undefined ||
      isTerminal(task.state) ||
      (card.purpose === "unknown" && task.state !== "unknown");
    if (moot) return settle(claim);
    const settles = { key: claim.key, fence: claim.fence };
    try {
      const asked = await membersOf(card.to, deps);
      if (asked.length === 0) throw nobody(card.to);
      const recipients = await deps.delegations.withDelegates(asked);
      const sending = {
        cardId: cardId(task.id, card.no),
        recipients,
        card: taskCard(task, card, await deps.view(task, recipients)),
        mayBeRepeat: claim.attempts > 0,
      };
      deps.onStep("card_sending");
      const receipt = await channel.card(claim, sending);
      deps.onStep("card_sent");
      // Before anybody is told of it: a card is sent once, and its code comes once.
      await deps.advancer.advance(
        task,
        { kind: "card_sent", cardNo: card.no, recipients, ...receipt, ...shownHold(task) },
        { settles },
      );
      const { unreachable } = receipt;
      await tellUnreached({ claim, task, unreachable, asked: recipients, named: card.to }, deps);
    } catch (error) {
      await cardFailed(error, { claim, task, card });
    }
  };

  /** A card that waits for room waits for others of its kind, to share one with them. */
  const together = async (claim: OutboxClaim, body: BodyOf<"waiting_card">): Promise<void> => {
    if ((await deps.batches.gather(claim)) === "done") return;
    const task = await deps.batches.tasks.get(body.task);
    if (!task) return settle(claim);
    return send(claim, task, body);
  };

  /** Whether its place is taken by one that waits for others: there is no room for a card of its own. */
  const waitsForOthers = async (claim: OutboxClaim, task: Task, card: CardRecord): Promise<boolean> => {
    if (claim.body.kind !== "card") return false;
    const item = waitingItem(claim, { task, card, nowMs: deps.clock.nowMs() });
    return item !== null && (await outbox.replace(claim.key, claim.fence, [item]));
  };

  const cardFailed = async (
    error: unknown,
    { claim, task, card }: { claim: OutboxClaim; task: Task; card: CardRecord },
  ): Promise<void> => {
    if (isChatOpsError(error) && error.code === BUDGET_SHORT) {
      await keepAsking(task);
      if (await waitsForOthers(claim, task, card)) return;
      throw channel.inLine(error);
    }
    if (!isFinal(error)) throw error;
    const message = errorText(error);
    log.error({ taskId: task.id, cardNo: card.no, reason: message }, "card cannot be sent");
    countDropped(claim, error, deps);
    // Stored first: the task says so also while nobody can be told. A retry does not store it again.
    if (task.message !== message)
      await deps.advancer.advance(task, { kind: "card_failed", cardNo: card.no, message });
    await tellCardFailed({ claim, task, why: message }, deps);
    await settle(claim);
  };

  /** Its people have not seen it: no reason to expire. */
  const keepAsking = async (task: Task): Promise<void> => {
    const leftMs = (task.dueAtMs ?? 0) - deps.clock.nowMs();
    if (task.state !== "pending_approval" || task.deadlineAtMs !== null || leftMs > KEEP_ASKING_MS) return;
    await deps.advancer.advance(task, { kind: "card_waits" });
  };

  const update = async (claim: OutboxClaim, task: Task, body: Updating): Promise<void> => {
    const card = task.cards.find((c) => c.no === body.cardNo);
    if (!card) return settle(claim);
    const recipients = card.recipients.length > 0 ? card.recipients : await membersOf(card.to, deps);
    const viewing = await deps.view(task, recipients);
    const progress = body.asked ? await progressNow(task, deps.executor) : null;
    const view = taskCard(task, card, { ...viewing, progress });
    const outcome = await channel.update(claim, {
      recipients,
      code: body.code,
      card: body.isLast ? lastOfHold(view, viewing) : view,
      mayBeRepeat: claim.attempts > 0,
    });
    deps.metrics.count("card_updates", { outcome });
    if (outcome === "code_spent") log.warn({ taskId: task.id, cardNo: card.no }, "card's code is spent");
    const shown = shownHold(task);
    if (shown.holdMs === card.shownHoldMs || isTerminal(task.state)) return settle(claim);
    const settles = { key: claim.key, fence: claim.fence };
    const input = { kind: "card_shown" as const, cardNo: card.no, code: body.code, ...shown };
    await deps.advancer.advance(task, input, { settles });
  };

  /**
   * An update that was on its way may have told it by now, and then no code is spent on it. What the code of the sending
   * shows is the last that the card shows.
   */
  const showHold = async (
    claim: OutboxClaim,
    task: Task,
    { cardNo }: EffectOf<"show_hold">,
  ): Promise<void> => {
    const card = task.cards.find(({ no }) => no === cardNo);
    const hold = holdOf(task);
    const isTold = !card || !hold || card.shownHoldMs === hold.sinceMs;
    const spare = isTold ? undefined : spareCode(card, deps.clock.nowMs());
    if (!spare) return settle(claim);
    return update(claim, task, { cardNo, code: spare.code, isLast: spare.from === "send" });
  };

  return { send, together, update, showHold };
}

/** Since when the hold is in force that a card tells of. */
function shownHold(task: Task): { holdMs?: number } {
  const hold = holdOf(task);
  return hold ? { holdMs: hold.sinceMs } : {};
}

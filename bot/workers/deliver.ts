import { lastOfHold, type MessageViewing, noticeText, replyText, taskCard } from "../../core/cards/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { cardId } from "../../core/ids/index.ts";
import { BUDGET_SHORT, type DigestLine, resultMessage } from "../../core/outbox/index.ts";
import type { PeopleGroups } from "../../core/people/index.ts";
import type {
  Clock,
  Directory,
  Executor,
  Journal,
  Logger,
  Metrics,
  Outbox,
  OutboxBody,
  OutboxClaim,
  TaskStore,
} from "../../core/ports/index.ts";
import {
  type CardRecord,
  type Effect,
  endedDraft,
  groupsOf,
  holdOf,
  isTerminal,
  spareCode,
  type Task,
} from "../../core/tasks/index.ts";
import { waitingItem } from "../batches/gather.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Languages } from "../languages/index.ts";
import type { Advancer } from "./advance.ts";
import type { AskAgain } from "./ask-again.ts";
import type { Channel, Told } from "./channel.ts";
import { sentConfirm } from "./confirm-card.ts";
import { countDropped, giveUpIfFinal, isFinal } from "./give-up.ts";
import { audienceOf, type HearerDeps, membersOf, nobody, tellCardFailed, tellUnreached } from "./hearers.ts";
import { deliverOutput, outputItem } from "./output.ts";
import { rawOf } from "./raw.ts";
import { progressNow } from "./runs-below.ts";
import type { StepObserver } from "./steps.ts";
import { createTeller, type Message } from "./teller.ts";
import type { Viewer } from "./viewing.ts";

export interface DeliverDeps {
  outbox: Outbox;
  journal: Journal;
  channel: Channel;
  /** How many messages the channel makes of a text. */
  messagesIn: (markdown: string) => number;
  directory: Directory;
  /** How far a workflow is, for who asks its card. */
  executor: Pick<Executor, "children">;
  throttle: HearerDeps["throttle"];
  rules: HearerDeps["rules"];
  delegations: Pick<DelegationKeeper, "withDelegates">;
  advancer: Advancer;
  askAgain: AskAgain;
  /** Cards that many tasks share. */
  batches: {
    tasks: Pick<TaskStore, "get">;
    gather: (claim: OutboxClaim) => Promise<"alone" | "done">;
    deliver: (claim: OutboxClaim) => Promise<void>;
  };
  view: Viewer;
  /** People apart by the language that they read. */
  apart: Languages["apart"];
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
}

/** Sends one outbox item and settles it, or puts others in its place. Throws when it is to be tried again. */
export type Deliver = (claim: OutboxClaim) => Promise<void>;

/** An approval that nobody was asked for yet and that ends sooner is kept. Far longer than a card is put off at once. */
const KEEP_ASKING_MS = 3_600_000;

/** A text about a task, in the words of whom it is for, and the names that its recipients are the members of. */
interface ToGroups extends Omit<Message, "markdown"> {
  named: PeopleGroups;
  write: (viewing: MessageViewing) => string;
}

/** How a card is shown anew; `isLast`: no code is left to show it once more. */
type Updating = Pick<EffectOf<"update">, "cardNo" | "code" | "asked"> & { isLast?: boolean };

/** What became of it, and what each was told. */
type Texted = Told & { textFor: (to: string) => string };

type BodyOf<K extends OutboxBody["kind"]> = Extract<OutboxBody, { kind: K }>;
type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

export function createDeliver(deps: DeliverDeps): Deliver {
  const { outbox, channel, log } = deps;
  const teller = createTeller(deps);
  const settle = async (claim: OutboxClaim) => void (await outbox.settle(claim.key, claim.fence));

  /** To each in the language that they read. What there is no room for goes into its person's digest. */
  const tell = async (claim: OutboxClaim, task: Task, message: ToGroups): Promise<Texted> => {
    const { recipients, named, write, dropRepeat } = message;
    const texts = new Map<string, string>();
    const told: Told[] = [];
    for (const some of await deps.apart(recipients)) {
      const markdown = write(await deps.view(task, some));
      for (const to of some) texts.set(to, markdown);
      told.push(await teller.tell(claim, { recipients: some, markdown, dropRepeat }));
    }
    const unreachable = told.flatMap((one) => one.unreachable);
    await tellUnreached({ claim, task, unreachable, asked: recipients, named }, deps);
    const short = told.flatMap((one) => one.short);
    const untilMs = Math.max(0, ...told.map((one) => one.untilMs));
    return { unreachable, short, untilMs, textFor: (to) => texts.get(to) ?? "" };
  };

  const ofTask = async (claim: OutboxClaim, task: Task): Promise<void> => {
    const { body } = claim;
    switch (body.kind) {
      case "card":
        return sendCard(claim, task, body);
      case "update":
        return updateCard(claim, task, body);
      case "show_hold":
        return showHold(claim, task, body);
      case "report":
        return report(claim, task);
      case "reply": {
        const write = (viewing: MessageViewing) => replyText(task, body.about, viewing);
        const told = await tell(claim, task, { recipients: [body.to], named: [], write, dropRepeat: false });
        return teller.settle(claim, told, (to) => textLine(told.textFor(to)));
      }
      case "notice": {
        const named = groupsOf(body.to);
        const recipients = await membersOf(named, deps);
        const nowMs = deps.clock.nowMs();
        const write = (viewing: MessageViewing) => noticeText(task, body.about, { ...viewing, nowMs });
        const told = await tell(claim, task, { recipients, named, write, dropRepeat: true });
        return teller.settle(claim, told, (to) => textLine(told.textFor(to)));
      }
      case "ask_again":
        await deps.askAgain(task);
        return settle(claim);
      case "ended": {
        await journalEnd(task, deps);
        return settle(claim);
      }
      case "waiting_card":
      case "group_card":
      case "group_report":
      case "group_text":
      case "batch":
      case "batch_update":
      case "question":
      case "question_update":
        return settle(claim);
      case "output":
        return deliverOutput(claim, { task, to: body.to }, deps);
      case "answer":
      case "confirm":
      case "line":
        return settle(claim);
      default:
        return body satisfies never;
    }
  };

  const report = async (claim: OutboxClaim, task: Task): Promise<void> => {
    const recipients = await audienceOf(task, deps);
    const { file } = resultMessage(task, await deps.view(task, recipients));
    deps.onStep("report_sending");
    const named = task.report.to ? [task.report.to] : [];
    const write = (viewing: MessageViewing) => resultMessage(task, viewing).text;
    const told = await tell(claim, task, { recipients, named, write, dropRepeat: true });
    deps.onStep("report_sent");
    const reached = recipients.filter((id) => ![...told.short, ...told.unreachable].includes(id));
    const output = file && reached.length > 0 ? [outputItem(claim, { task, to: reached })] : [];
    const line = {
      about: "ended" as const,
      id: task.id,
      title: `${task.title} ${task.event.subject}`.trim(),
    };
    return teller.settle(claim, told, () => ({ ...line, state: task.state }), output);
  };

  const sendCard = async (
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
      const { unreachable } = receipt;
      await tellUnreached({ claim, task, unreachable, asked: recipients, named: card.to }, deps);
      await deps.advancer.advance(
        task,
        { kind: "card_sent", cardNo: card.no, recipients, ...receipt, ...shownHold(task) },
        { settles },
      );
    } catch (error) {
      await cardFailed(error, { claim, task, card });
    }
  };

  /** A card that waits for room waits for others of its kind, to share one with them. */
  const together = async (claim: OutboxClaim, body: BodyOf<"waiting_card">): Promise<void> => {
    if ((await deps.batches.gather(claim)) === "done") return;
    const task = await deps.batches.tasks.get(body.task);
    if (!task) return settle(claim);
    return sendCard(claim, task, body);
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
    await tellCardFailed({ claim, task, why: message }, deps);
    const settles = { key: claim.key, fence: claim.fence };
    await deps.advancer.advance(task, { kind: "card_failed", cardNo: card.no, message }, { settles });
  };

  /** Its people have not seen it: no reason to expire. */
  const keepAsking = async (task: Task): Promise<void> => {
    const leftMs = (task.dueAtMs ?? 0) - deps.clock.nowMs();
    if (task.state !== "pending_approval" || task.deadlineAtMs !== null || leftMs > KEEP_ASKING_MS) return;
    await deps.advancer.advance(task, { kind: "card_waits" });
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
    return updateCard(claim, task, { cardNo, code: spare.code, isLast: spare.from === "send" });
  };

  const updateCard = async (claim: OutboxClaim, task: Task, body: Updating): Promise<void> => {
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

  const answer = async (claim: OutboxClaim, { to, text }: { to: string; text: string }): Promise<void> => {
    const told = await teller.tell(claim, { recipients: [to], markdown: text, dropRepeat: false });
    if (told.unreachable.length > 0) log.warn({ key: claim.key, to }, "answer reached nobody");
    return teller.settle(claim, told, () => textLine(text));
  };

  return async (claim) => {
    const { body, task } = claim;
    try {
      if (body.kind === "answer") return await answer(claim, body);
      if (body.kind === "confirm") return await settle(await sentConfirm(claim, body, channel));
      if (body.kind === "batch" || body.kind === "batch_update") return await deps.batches.deliver(claim);
      if (body.kind === "waiting_card") return await together(claim, body);
      if (!task) return await settle(claim);
      await ofTask(claim, task);
    } catch (error) {
      giveUpIfFinal(claim, error, deps);
      await settle(claim);
    }
  };
}

/** Since when the hold is in force that a card tells of. */
function shownHold(task: Task): { holdMs?: number } {
  const hold = holdOf(task);
  return hold ? { holdMs: hold.sinceMs } : {};
}

function textLine(text: string): DigestLine {
  return { about: "text", text };
}

async function journalEnd(task: Task, { journal }: DeliverDeps): Promise<void> {
  const draft = endedDraft(task, task.updatedAtMs, "");
  const raw = rawOf(Buffer.from(JSON.stringify(draft.event.detail)), "application/json");
  const event = { ...draft.event, rawRef: raw.ref };
  await journal.append({ source: event.source, drafts: [{ ...draft, event }], raw });
}

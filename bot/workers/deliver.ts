import { approvers } from "../../core/approvals/index.ts";
import { noticeText, replyText, reportText, taskCard } from "../../core/cards/index.ts";
import { ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import { cardId } from "../../core/ids/index.ts";
import { type PeopleGroups, peopleText } from "../../core/people/index.ts";
import type {
  Clock,
  Directory,
  Journal,
  Logger,
  Messenger,
  Metrics,
  Outbox,
  OutboxBody,
  OutboxClaim,
} from "../../core/ports/index.ts";
import {
  type CardRecord,
  type Effect,
  endedDraft,
  groupsOf,
  isTerminal,
  type Task,
} from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Advancer } from "./advance.ts";
import type { AskAgain } from "./ask-again.ts";
import { rawOf } from "./raw.ts";
import type { StepObserver } from "./steps.ts";
import type { Viewer } from "./viewing.ts";

export interface DeliverDeps {
  outbox: Outbox;
  journal: Journal;
  messenger: Messenger;
  directory: Directory;
  delegations: Pick<DelegationKeeper, "withDelegates">;
  advancer: Advancer;
  askAgain: AskAgain;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
}

/** Sends one outbox item and settles it. Throws when it is to be tried again. */
export type Deliver = (claim: OutboxClaim) => Promise<void>;

type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

export function createDeliver(deps: DeliverDeps): Deliver {
  const { outbox, messenger, log } = deps;
  const settle = async (claim: OutboxClaim) => void (await outbox.settle(claim.key, claim.fence));

  const text = async (recipients: readonly string[], markdown: string, dropRepeat: boolean) => {
    if (recipients.length === 0) return;
    await messenger.sendText({ recipients, markdown, dropRepeat });
  };

  const ofTask = async (claim: OutboxClaim, task: Task): Promise<void> => {
    const { body } = claim;
    switch (body.kind) {
      case "card":
        return sendCard(claim, task, body);
      case "update":
        return updateCard(claim, task, body);
      case "report":
        deps.onStep("report_sending");
        await text(await audience(task, deps), reportText(task, await deps.view(task)), true);
        deps.onStep("report_sent");
        return settle(claim);
      case "reply":
        await text([body.to], replyText(task, body.about, await deps.view(task)), false);
        return settle(claim);
      case "notice": {
        const viewing = { ...(await deps.view(task)), nowMs: deps.clock.nowMs() };
        await text(await membersOf(groupsOf(body.to), deps), noticeText(task, body.about, viewing), true);
        return settle(claim);
      }
      case "ask_again":
        await deps.askAgain(task);
        return settle(claim);
      case "ended": {
        await journalEnd(task, deps);
        return settle(claim);
      }
      case "answer":
      case "confirm":
        return settle(claim);
      default:
        return body satisfies never;
    }
  };

  const sendCard = async (claim: OutboxClaim, task: Task, body: EffectOf<"card">): Promise<void> => {
    const card = task.cards.find((c) => c.no === body.cardNo);
    const moot = !card || isTerminal(task.state) || (card.purpose === "unknown" && task.state !== "unknown");
    if (moot) return settle(claim);
    const settles = { key: claim.key, fence: claim.fence };
    try {
      const asked = await membersOf(card.to, deps);
      if (asked.length === 0) throw nobody(card.to);
      const recipients = await deps.delegations.withDelegates(asked);
      deps.onStep("card_sending");
      const receipt = await messenger.sendCard({
        cardId: cardId(task.id, card.no),
        recipients,
        card: taskCard(task, card, await deps.view(task)),
        mayBeRepeat: claim.attempts > 0,
      });
      deps.onStep("card_sent");
      await deps.advancer.advance(
        task,
        { kind: "card_sent", cardNo: card.no, recipients, ...receipt },
        { settles },
      );
    } catch (error) {
      await cardFailed(error, { task, card, settles });
    }
  };

  const cardFailed = async (
    error: unknown,
    facts: { task: Task; card: CardRecord; settles: { key: string; fence: number } },
  ): Promise<void> => {
    if (!isFinal(error)) throw error;
    const { task, card, settles } = facts;
    const message = errorText(error);
    log.error({ taskId: task.id, cardNo: card.no, reason: message }, "card cannot be sent");
    await deps.advancer.advance(task, { kind: "card_failed", cardNo: card.no, message }, { settles });
  };

  const updateCard = async (claim: OutboxClaim, task: Task, body: EffectOf<"update">): Promise<void> => {
    const card = task.cards.find((c) => c.no === body.cardNo);
    if (!card) return settle(claim);
    const recipients = card.recipients.length > 0 ? card.recipients : await membersOf(card.to, deps);
    const outcome = await messenger.updateCard({
      recipients,
      code: body.code,
      card: taskCard(task, card, await deps.view(task)),
      mayBeRepeat: claim.attempts > 0,
    });
    deps.metrics.count("card_updates", { outcome });
    if (outcome === "code_spent") log.warn({ taskId: task.id, cardNo: card.no }, "card's code is spent");
    return settle(claim);
  };

  return async (claim) => {
    const { body } = claim;
    if (body.kind === "answer") {
      await text([body.to], body.text, false).catch(giveUpIfFinal(claim, deps));
      return settle(claim);
    }
    if (body.kind === "confirm") {
      await confirmCard(body, claim.attempts > 0, messenger).catch(giveUpIfFinal(claim, deps));
      return settle(claim);
    }
    const { task } = claim;
    if (!task) return settle(claim);
    await ofTask(claim, task).catch(async (error: unknown) => {
      giveUpIfFinal(claim, deps)(error);
      await settle(claim);
    });
  };
}

/** A card that asks one person to confirm a command, or how it looks once it is over. */
async function confirmCard(
  { to, cardId, card, code }: Extract<OutboxBody, { kind: "confirm" }>,
  mayBeRepeat: boolean,
  messenger: Messenger,
): Promise<void> {
  const recipients = [to];
  if (code === undefined) await messenger.sendCard({ cardId, recipients, card, mayBeRepeat });
  else await messenger.updateCard({ recipients, code, card, mayBeRepeat });
}

/** Whether trying again cannot help. */
function isFinal(error: unknown): boolean {
  return isChatOpsError(error) && !error.retryable;
}

/** The members of some groups, each once. */
async function membersOf(
  groups: PeopleGroups,
  { directory }: Pick<DeliverDeps, "directory">,
): Promise<string[]> {
  const members = await Promise.all(groups.map((people) => directory.expand(people)));
  return [...new Set(members.flat())];
}

function nobody(groups: PeopleGroups): Error {
  const message = `nobody to send to: ${groups.map(peopleText).join(", ")}`;
  // People may be added to a tag at any time; the approval's own clock has not begun.
  return new ChatOpsError(message, { code: "card.nobody", retryable: true, reached: "no" });
}

function giveUpIfFinal(claim: OutboxClaim, { log, metrics }: DeliverDeps): (error: unknown) => void {
  return (error) => {
    if (!isFinal(error)) throw error;
    const { key, body } = claim;
    log.error({ key, kind: body.kind, err: error, reason: errorText(error) }, "message given up");
    metrics.count("outbox_items", { kind: body.kind, outcome: "given_up" });
  };
}

/** Who hears how a task ended: whom the rule names, who asked for it, else who approved it. */
async function audience(task: Task, { directory }: DeliverDeps): Promise<string[]> {
  const named = task.report.to ? await directory.expand(task.report.to) : [];
  const { origin } = task;
  const asker = origin.kind === "offer" || origin.kind === "retry" ? origin.by : null;
  const asked = asker === null ? [] : [asker];
  const first = task.approval.mode === "people" ? task.approval.groups.map(({ from }) => from) : [];
  const fallback = await membersOf(first, { directory });
  const people = [...named, ...asked, ...approvers(task)];
  return [...new Set(people.length > 0 ? people : fallback)];
}

async function journalEnd(task: Task, { journal }: DeliverDeps): Promise<void> {
  const draft = endedDraft(task, task.updatedAtMs, "");
  const raw = rawOf(Buffer.from(JSON.stringify(draft.event.detail)), "application/json");
  const event = { ...draft.event, rawRef: raw.ref };
  await journal.append({ source: event.source, drafts: [{ ...draft, event }], raw });
}

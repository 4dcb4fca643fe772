import { entitledGroups } from "../../core/approvals/index.ts";
import { codeFor } from "../../core/batches/index.ts";
import { questionCard } from "../../core/cards/index.ts";
import { cardId } from "../../core/ids/index.ts";
import type { Question } from "../../core/inquiries/index.ts";
import type {
  Clock,
  Directory,
  Logger,
  Metrics,
  Outbox,
  OutboxClaim,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import { type Task, withCode, withoutCode } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import { membersOf, nobody } from "../workers/hearers.ts";
import { type Channel, type Deliver, giveUpIfFinal, type Viewer } from "../workers/index.ts";
import { changeQuestion } from "./store.ts";

export interface QuestionDeliverDeps {
  outbox: Pick<Outbox, "settle">;
  state: Pick<StateStore, "get" | "put">;
  tasks: Pick<TaskStore, "get">;
  channel: Pick<Channel, "card" | "update">;
  directory: Pick<Directory, "expand" | "nameOf">;
  delegations: Pick<DelegationKeeper, "withDelegates">;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Sends and shows anew the cards of questions; everything else is handed on. */
export function withQuestions(deliver: Deliver, deps: QuestionDeliverDeps): Deliver {
  return async (claim) => {
    const { body } = claim;
    if (body.kind !== "question" && body.kind !== "question_update") return deliver(claim);
    const question = (await deps.state.get("question", body.question))?.body;
    const task = question ? await deps.tasks.get(question.taskId) : null;
    try {
      if (question && task) {
        if (body.kind === "question") await send(claim, { question, task }, deps);
        else await update(claim, { question, task }, deps);
      }
    } catch (error) {
      giveUpIfFinal(claim, error, deps);
      // Else it would be sent again and again; it can still be answered by a message.
      if (body.kind === "question") await givenUp(body.question, deps);
    }
    await deps.outbox.settle(claim.key, claim.fence);
  };
}

async function givenUp(id: string, { state, clock }: QuestionDeliverDeps): Promise<void> {
  const sentAtMs = clock.nowMs();
  await changeQuestion(id, (one) => ({ ...one, card: { ...one.card, sentAtMs } }), state);
}

interface Asked {
  question: Question;
  task: Task;
}

async function send(claim: OutboxClaim, { question, task }: Asked, deps: QuestionDeliverDeps): Promise<void> {
  if (question.card.sentAtMs !== null || question.end !== null) return;
  const groups = entitledGroups(task);
  const asked = await membersOf(groups, deps);
  if (asked.length === 0) throw nobody(groups);
  const recipients = await deps.delegations.withDelegates(asked);
  const receipt = await deps.channel.card(claim, {
    cardId: cardId(question.id, 1),
    recipients,
    card: questionCard(question, task, await viewingOf({ question, task }, recipients, deps)),
    mayBeRepeat: claim.attempts > 0,
  });
  const atMs = deps.clock.nowMs();
  const sent = (one: Question): Question => {
    const card = { ...one.card, recipients, sentAtMs: atMs };
    const { code } = receipt;
    return { ...one, card: code === undefined ? card : withCode(card, { code, from: "send", atMs }) };
  };
  await changeQuestion(question.id, sent, deps.state);
}

async function update(claim: OutboxClaim, asked: Asked, deps: QuestionDeliverDeps): Promise<void> {
  const { question, task } = asked;
  const { card } = question;
  const found = codeFor(card, deps.clock.nowMs(), question.end !== null);
  if (!found) return;
  const outcome = await deps.channel.update(claim, {
    recipients: card.recipients,
    code: found.code,
    card: questionCard(question, task, await viewingOf(asked, card.recipients, deps)),
    mayBeRepeat: claim.attempts > 0,
  });
  // Only now: a code that may have been used twice is refused, one that is lost is never used.
  const spent = (one: Question): Question => {
    return { ...one, card: withoutCode(one.card, found.code) };
  };
  const left = await changeQuestion(question.id, spent, deps.state);
  deps.metrics.count("card_updates", { outcome });
  if (outcome === "code_spent" && left) await update(claim, { question: left, task }, deps);
}

/** What a question is looked at with. */
export interface QuestionViewDeps {
  view: Viewer;
  directory: Pick<Directory, "nameOf">;
}

/** With the name of who has answered. */
export async function viewingOf({ question, task }: Asked, to: readonly string[], deps: QuestionViewDeps) {
  const viewing = await deps.view(task, to);
  const by = question.answer?.by;
  if (by === undefined) return viewing;
  const name = await deps.directory.nameOf(by);
  return { ...viewing, nameOf: (id: string) => (id === by ? name : viewing.nameOf(id)) };
}

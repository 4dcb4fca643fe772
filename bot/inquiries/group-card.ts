import { cardWords, questionCard } from "../../core/cards/index.ts";
import { parseQuestionCardId } from "../../core/ids/index.ts";
import type { Clock, Outbox, StateStore, TaskStore } from "../../core/ports/index.ts";
import type { CardFinder, Settles } from "../channels/index.ts";
import { type QuestionViewDeps, viewingOf } from "./deliver.ts";
import { changeQuestion } from "./store.ts";

export interface QuestionCardDeps extends QuestionViewDeps {
  state: Pick<StateStore, "get" | "put">;
  tasks: Pick<TaskStore, "get">;
  outbox: Pick<Outbox, "settle">;
  clock: Clock;
}

/** Finds cards of questions. */
export function questionCards(deps: QuestionCardDeps): CardFinder {
  return async (cardId) => {
    const id = parseQuestionCardId(cardId);
    const question = id === null ? undefined : (await deps.state.get("question", id))?.body;
    const task = question ? await deps.tasks.get(question.taskId) : null;
    if (!question || !task) return null;
    const viewing = await viewingOf({ question, task }, [], deps);
    const card = questionCard(question, task, viewing);
    // One that can never be shown is not shown again and again either.
    const recorded = (settles: Settles) => shown(question.id, settles, deps);
    return {
      ...{ view: card, words: cardWords(card, viewing), open: question.end === null },
      ...{ sent: recorded, failed: recorded },
    };
  };
}

async function shown(
  id: string,
  { key, fence }: Settles,
  { state, outbox, clock }: QuestionCardDeps,
): Promise<void> {
  const sentAtMs = clock.nowMs();
  await changeQuestion(
    id,
    (one) => (one.inGroup ? { ...one, inGroup: { ...one.inGroup, sentAtMs } } : null),
    state,
  );
  await outbox.settle(key, fence);
}

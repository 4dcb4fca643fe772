import { deciders } from "../../core/approvals/index.ts";
import { ANSWER_CHOSEN, ANSWER_NO, ANSWER_YES, chosenResponse } from "../../core/cards/index.ts";
import { parseQuestionCardId, shortId } from "../../core/ids/index.ts";
import type { Question } from "../../core/inquiries/index.ts";
import type { InboxPayload } from "../../core/ports/index.ts";
import { withCode } from "../../core/tasks/index.ts";
import { type StandingDeps, standingOf } from "../chat/standing.ts";
import type { Answerer, AnswererDeps } from "./answerer.ts";
import { changeQuestion, showAgain, tellOne } from "./store.ts";

export interface QuestionClickDeps extends StandingDeps, Omit<AnswererDeps, "executor" | "audit"> {
  answerer: Pick<Answerer, "take">;
}

type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

const ANSWERS: readonly string[] = [ANSWER_YES, ANSWER_NO, ANSWER_CHOSEN];

/** Carries out one click on a question's card. False when the card is none of a question. */
export async function handleQuestionClick(
  payload: ClickPayload,
  clickKey: string,
  deps: QuestionClickDeps,
): Promise<boolean> {
  const id = parseQuestionCardId(payload.cardId);
  if (id === null) return false;
  const question = (await deps.state.get("question", id))?.body;
  if (!question) {
    deps.metrics.count("clicks", { outcome: "unknown_card" });
    deps.log.warn({ cardId: payload.cardId, by: payload.userId }, "click on a question that is not ours");
    return true;
  }
  const { code } = payload;
  if (code !== undefined) await keepCode(question.id, code, deps);
  deps.metrics.count("clicks", { outcome: "question" });
  if (ANSWERS.includes(payload.button)) await answer(question, { payload, clickKey }, deps);
  else await showAgain(id, deps);
  return true;
}

async function answer(
  question: Question,
  { payload, clickKey }: { payload: ClickPayload; clickKey: string },
  deps: QuestionClickDeps,
): Promise<void> {
  const { userId: by, button, selected = {} } = payload;
  const { texts } = await deps.view(null, [by]);
  const task = await deps.tasks.get(question.taskId);
  const response = chosenResponse(question, button, selected);
  const tell = (text: string) =>
    tellOne({ key: clickKey, to: by, text: `**${shortId(question.id)}** ${text}` }, deps);
  if (!task) return tell(texts.questions.none(shortId(question.id)));
  if (response === null) return tell(texts.questions.missing);
  const standing = await standingOf(by, deciders(task), deps);
  await tell(await deps.answerer.take(question, { by, ...standing, key: clickKey, response }, texts));
}

async function keepCode(id: string, code: string, { state, clock }: QuestionClickDeps): Promise<void> {
  const kept = { code, from: "click" as const, atMs: clock.nowMs() };
  await changeQuestion(id, (one) => ({ ...one, card: withCode(one.card, kept) }), state);
}

import { plainLine } from "../../core/cards/index.ts";
import { hashOf, shortId } from "../../core/ids/index.ts";
import {
  type Answering,
  type AnswerOrder,
  afterTelling,
  type GivenAnswer,
  giveAnswer,
  type Question,
} from "../../core/inquiries/index.ts";
import type {
  Audit,
  Clock,
  Executor,
  InquiryOutcome,
  Logger,
  Metrics,
  Outbox,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import type { Viewer } from "../workers/viewing.ts";
import { changeQuestion, showAgain, tellGroup, tellOne } from "./store.ts";

export interface AnswererDeps {
  state: StateStore;
  tasks: Pick<TaskStore, "get">;
  outbox: Pick<Outbox, "add">;
  audit: Pick<Audit, "append">;
  executor: Pick<Executor, "answer">;
  view: Viewer;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** What became of an answer: whether it counts, and what the engine said to it. */
export type Given =
  /** `nothing`: it was told before. */
  | { outcome: "given"; told: InquiryOutcome["outcome"] | "nothing" }
  | Extract<Answering, { outcome: "refused" }>
  /** Its task is kept no more. */
  | { outcome: "gone" };

/** Brings the answers of people to the engine: stored first, then told until the engine says what it has. */
export interface Answerer {
  /** Takes an answer. The same key again does what is left to do. */
  give(question: Question, order: AnswerOrder): Promise<Given>;
  /** The same, in words for who has answered. */
  take(question: Question, order: AnswerOrder, texts: Texts): Promise<string>;
  /** Tells the engine of a stored answer, and people what came of it. */
  deliver(id: string): Promise<InquiryOutcome["outcome"] | "nothing">;
}

export function createAnswerer(deps: AnswererDeps): Answerer {
  const give: Answerer["give"] = (question, order) => giveOne(question, order, deps);
  return {
    give,
    take: async (question, order, texts) => givenWords(await give(question, order), question, texts),
    deliver: (id) => deliver(id, deps),
  };
}

async function giveOne(question: Question, order: AnswerOrder, deps: AnswererDeps): Promise<Given> {
  const { state, tasks, clock, metrics, log } = deps;
  const task = await tasks.get(question.taskId);
  if (!task) return { outcome: "gone" };
  const judged: { now: Answering } = { now: { outcome: "repeated" } };
  await changeQuestion(
    question.id,
    (stored) => {
      judged.now = giveAnswer(stored, task, order, clock.nowMs());
      return judged.now.outcome === "given" ? judged.now.next : null;
    },
    state,
  );
  const { now } = judged;
  metrics.count("inquiry_answers", { outcome: now.outcome === "refused" ? now.reason : now.outcome });
  if (now.outcome === "refused") {
    log.info({ taskId: task.id, question: question.id, by: order.by, reason: now.reason }, "answer refused");
    return now;
  }
  return { outcome: "given", told: await deliver(question.id, deps) };
}

function givenWords(given: Given, { id }: Question, { questions }: Texts): string {
  if (given.outcome === "gone") return questions.none(shortId(id));
  if (given.outcome === "refused") {
    if (given.reason !== "misfit") return questions.refusals[given.reason];
    return questions.misfit({ field: given.misfit.field, why: given.misfit.message });
  }
  return given.told === "answered" || given.told === "nothing" ? questions.taken : questions.waits;
}

async function deliver(id: string, deps: AnswererDeps): ReturnType<Answerer["deliver"]> {
  const stored = (await deps.state.get("question", id))?.body;
  if (!stored?.answer || stored.end !== null) return "nothing";
  const { answer } = stored;
  if (!answer.audited) await record(stored, answer, deps);
  const { cluster, inquiry } = stored;
  const told = await deps.executor.answer({ cluster, id: inquiry, response: answer.response });
  const isSame = (one: Question) => one.answer?.key === answer.key;
  const now = await changeQuestion(
    id,
    (one) => (isSame(one) ? afterTelling(one, told, deps.clock.nowMs()) : null),
    deps.state,
  );
  deps.log.info({ taskId: stored.taskId, question: id, outcome: told.outcome }, "engine told of an answer");
  if (now) await tellOutcome(now, { answer, told }, deps);
  return told.outcome;
}

/** Of what was answered the hash alone: it is people's text. */
async function record(question: Question, answer: GivenAnswer, deps: AnswererDeps): Promise<void> {
  const { id, inquiry, cluster, taskId } = question;
  const { by, onBehalfOf, response, key, atMs } = answer;
  await deps.audit.append({
    at: new Date(atMs).toISOString(),
    who: `user:${by}`,
    what: "inquiry.answer",
    object: taskId,
    detail: {
      ...{ question: id, execution: inquiry, cluster, response: hashOf(response), callback: hashOf(key) },
      ...(onBehalfOf === undefined ? {} : { onBehalfOf: `user:${onBehalfOf}` }),
    },
  });
  const audited = (one: Question) => {
    return one.answer?.key === key ? { ...one, answer: { ...one.answer, audited: true } } : null;
  };
  await changeQuestion(id, audited, deps.state);
}

async function tellOutcome(
  question: Question,
  { answer, told }: { answer: GivenAnswer; told: InquiryOutcome },
  deps: AnswererDeps,
): Promise<void> {
  // The first try shows that somebody has answered; further ones change nothing on the card.
  if (told.outcome !== "open" || question.answer?.tries === 1) await showAgain(question.id, deps);
  await tellGroup(question, deps);
  if (told.outcome === "answered" || told.outcome === "open") return;
  const viewing = await deps.view(null, [answer.by]);
  const { questions } = viewing.texts;
  const words =
    told.outcome === "refused"
      ? questions.notTaken(plainLine(told.message, viewing))
      : questions.ends[question.end === null || question.end === "answered" ? "moot" : question.end];
  const key = `${question.id}:${told.outcome}:${answer.key}`;
  await tellOne({ key, to: answer.by, text: `**${shortId(question.id)}** ${words}` }, deps);
}

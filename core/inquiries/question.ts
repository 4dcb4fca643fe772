import { asker } from "../approvals/quorum.ts";
import type { JsonObject } from "../ids/index.ts";
import type { Unentitled } from "../people/people.ts";
import type { InquiryOutcome } from "../ports/executor.ts";
import type { Click } from "../tasks/inputs.ts";
import { reusesName } from "../tasks/order-key.ts";
import type { Task, UpdateCode } from "../tasks/task.ts";
import { type ReadResponse, readResponse } from "./form.ts";

/** An answer that a person gave, stored before the engine is told of it. */
export interface GivenAnswer {
  by: string;
  /** In whose place. */
  onBehalfOf?: string;
  /** The key of the click or message: the same one counts once. */
  key: string;
  response: JsonObject;
  atMs: number;
  /** How often the engine was told; it is told until it says what it has. */
  tries: number;
  /** Whether the audit log has it. */
  audited: boolean;
}

/**
 * Why nothing is asked any more. `answered`: by the answer that is stored. `elsewhere`: somebody answered in
 * StackStorm itself. `lapsed`: its time was over. `moot`: its workflow or its task is over.
 */
export type QuestionEnd = "answered" | "elsewhere" | "lapsed" | "moot";

/** What the run of a task asks its people. */
export interface Question {
  /** `q_` and a hash of cluster and inquiry: the same inquiry is asked about once. */
  id: string;
  cluster: string;
  /** The run that asks, in the engine. */
  inquiry: string;
  taskId: string;
  schema: JsonObject;
  /** Whom the workflow's author had in mind, in the engine's words: shown, and of no other meaning. */
  users: readonly string[];
  roles: readonly string[];
  askedAtMs: number;
  /** When the engine may end it; null when it does not say. */
  untilMs: number | null;
  card: { recipients: readonly string[]; sentAtMs: number | null; codes: readonly UpdateCode[] };
  /** The group that is asked beside its people; absent where there is none. */
  inGroup?: { group: string; sentAtMs: number | null };
  answer: GivenAnswer | null;
  /** Keys of the answers before that the engine did not take. */
  refused: readonly { key: string; message: string }[];
  end: QuestionEnd | null;
  endedAtMs: number | null;
}

/** Why an answer was not taken from its person. */
export type AnswerRefusal =
  | Unentitled
  | "key_reused"
  | "own_request"
  | "answer_given"
  | "question_over"
  | "misfit";

/** What becomes of an answer that a person gives. */
export type Answering =
  /** `next` is to be stored, by compare-and-set, before the engine is told. */
  | { outcome: "given"; next: Question }
  /** The same click or message again. */
  | { outcome: "repeated" }
  | { outcome: "refused"; reason: Exclude<AnswerRefusal, "misfit"> }
  | { outcome: "refused"; reason: "misfit"; misfit: Extract<ReadResponse, { outcome: "misfits" }> };

/** An answer as it was given, and as whom its person may decide about the task at this moment. */
export interface AnswerOrder extends Pick<Click, "by" | "entitlement" | "standsFor"> {
  key: string;
  response: JsonObject;
}

/** Judges an answer. Exactly one is ever under way; who asked for a task does not decide about it here either. */
export function giveAnswer(question: Question, task: Task, order: AnswerOrder, nowMs: number): Answering {
  const { answer, refused, end } = question;
  const { by, key } = order;
  const known = [...(answer ? [answer] : []), ...refused];
  if (known.some((one) => one.key === key)) return { outcome: "repeated" };
  if (known.some((one) => reusesName(one.key, key))) return { outcome: "refused", reason: "key_reused" };
  const place = answeringAs(task, order);
  if (place.outcome === "refused") return place;
  if (end !== null) return { outcome: "refused", reason: "question_over" };
  if (answer) return { outcome: "refused", reason: "answer_given" };
  const read = readResponse(question.schema, order.response);
  if (read.outcome === "misfits") return { outcome: "refused", reason: "misfit", misfit: read };
  const { response } = read;
  const given = { by, ...place.as, key, response, atMs: nowMs, tries: 0, audited: false };
  return { outcome: "given", next: { ...question, answer: given } };
}

/** As whom somebody may answer what the run of a task asks, or why not. */
export type AnsweringAs =
  | { outcome: "may"; as: { onBehalfOf?: string } }
  | { outcome: "refused"; reason: Unentitled | "own_request" };

/** As whom somebody answers: as themselves, else in the place of somebody who may. */
export function answeringAs(
  task: Task,
  { by, entitlement, standsFor = [] }: Pick<AnswerOrder, "by" | "entitlement" | "standsFor">,
): AnsweringAs {
  if (entitlement.outcome !== "entitled") return { outcome: "refused", reason: entitlement.outcome };
  const barred = task.approval.mode === "people" ? asker(task) : null;
  if (barred !== null && by === barred) return { outcome: "refused", reason: "own_request" };
  if (standsFor.length === 0) return { outcome: "may", as: {} };
  const absent = standsFor.find(({ person }) => person !== barred);
  return absent
    ? { outcome: "may", as: { onBehalfOf: absent.person } }
    : { outcome: "refused", reason: "own_request" };
}

/** The question after the engine was told of its answer; null where nothing has changed. */
export function afterTelling(question: Question, told: InquiryOutcome, nowMs: number): Question | null {
  const { answer } = question;
  if (!answer || question.end !== null) return null;
  switch (told.outcome) {
    case "answered":
      return ended(question, "answered", nowMs);
    case "settled":
      return ended({ ...question, answer: null }, endOf(told.status), nowMs);
    case "refused": {
      const refusal = { key: answer.key, message: told.message };
      return { ...question, answer: null, refused: [...question.refused, refusal].slice(-REFUSALS_KEPT) };
    }
    case "open":
      return { ...question, answer: { ...answer, tries: answer.tries + 1 } };
    default:
      return told satisfies never;
  }
}

const REFUSALS_KEPT = 20;

/** The question when the run that asked stands so; null while it goes on asking. */
export function afterLooking(question: Question, status: string, nowMs: number): Question | null {
  if (question.end !== null || question.answer || status === "pending") return null;
  return ended(question, endOf(status), nowMs);
}

/** The question whose task is over. */
export function mootQuestion(question: Question, nowMs: number): Question | null {
  return question.end === null ? ended(question, "moot", nowMs) : null;
}

function endOf(status: string): QuestionEnd {
  if (status === "succeeded") return "elsewhere";
  return status === "timeout" ? "lapsed" : "moot";
}

function ended(question: Question, end: QuestionEnd, nowMs: number): Question {
  return { ...question, end, endedAtMs: nowMs };
}

import type { JsonObject } from "../ids/index.ts";
import { shortId } from "../ids/index.ts";
import { formOf, optionText, type Question, type QuestionField } from "../inquiries/index.ts";
import type { Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { type ButtonsView, type CardSelect, type CardView, withoutSecrets } from "./card.ts";
import { clockTime, frame, joined, TEXT_CHARACTERS, taskTitle } from "./parts.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

/** The option that stands for none. */
const NOTHING = "-";
/** What a button or the submission of a card brings back. */
export const ANSWER_YES = "answer:yes";
export const ANSWER_NO = "answer:no";
export const ANSWER_CHOSEN = "answer:chosen";
/** What is shown of an answer on a card. */
const ANSWER_CHARACTERS = 60;

/** The card that asks what a workflow wants to know, and the same once nothing is asked any more. */
export function questionCard(question: Question, task: Task, viewing: Viewing): CardView {
  return withoutSecrets(viewOf(question, task, viewing), viewing.shown(task).hide);
}

function viewOf(question: Question, task: Task, viewing: Viewing): CardView {
  const { texts } = viewing;
  const form = formOf(question.schema);
  const closed = questionOutcome(question, viewing);
  const view = head(question, task, viewing);
  if (closed !== null) return { ...view, buttons: [], closed };
  switch (form.kind) {
    case "yes_no":
      return {
        ...view,
        buttons: [
          { key: ANSWER_YES, text: texts.questions.yes, tone: "primary" },
          { key: ANSWER_NO, text: texts.questions.no, tone: "danger" },
        ],
      };
    case "choices": {
      const { source, tone, title, text } = view;
      const said = shorten(joined(taskTitle(task, texts), text), TEXT_CHARACTERS);
      const selects = form.fields.map((field) => selectOf(field, texts));
      const submit = { key: ANSWER_CHOSEN, text: texts.questions.submit };
      return { source, tone, title, text: said, selects, submit };
    }
    case "written":
      return { ...view, buttons: [{ key: "refresh", text: texts.buttons.refresh, tone: "neutral" }] };
    default:
      return form satisfies never;
  }
}

function head(question: Question, task: Task, viewing: Viewing): ButtonsView {
  const { texts, timeZone } = viewing;
  const { questions } = texts;
  const names = [...question.users, ...question.roles].join(" ");
  const { untilMs } = question;
  const told = joined(
    askedText(question, texts),
    names === "" ? "" : questions.meantFor(names),
    untilMs === null ? "" : questions.until(clockTime(untilMs, timeZone)),
    `${texts.labels.id} ${shortId(question.id)}`,
  );
  return {
    ...frame(task, viewing),
    tone: "primary",
    title: questions.title,
    subtitle: taskTitle(task, texts),
    text: shorten(told, TEXT_CHARACTERS),
    buttons: [],
  };
}

/** What is asked, and where it is answered by a message, how. */
function askedText({ id, schema }: Question, texts: Texts): string {
  const form = formOf(schema);
  if (form.kind === "yes_no") return form.field.title;
  const fields = form.fields.map(({ name, title, required }) => {
    const words = title === name ? name : `${title} (${name})`;
    return required ? words : `${words}, ${texts.questions.optional}`;
  });
  if (form.kind === "choices") return fields.join("; ");
  const written = form.fields.map(({ name }) => `${name}=…`).join(" ");
  const command = texts.wordsOf({ zh: "答复", en: "answer" });
  return joined(texts.questions.write({ command, id: shortId(id), fields: written }), fields.join("; "));
}

function selectOf({ name, title, options }: QuestionField, { questions }: Texts): CardSelect {
  const listed = (options ?? []).map((value, at) => {
    return { id: String(at), text: flagText(value, questions) };
  });
  return { key: name, title, options: [{ id: NOTHING, text: questions.choose }, ...listed] };
}

/** An option as people read it. */
export function flagText(value: Parameters<typeof optionText>[0], { yes, no }: Texts["questions"]): string {
  if (typeof value !== "boolean") return optionText(value);
  return value ? yes : no;
}

/** What its card brought back; null when something that must be chosen is not. */
export function chosenResponse(
  { schema }: Question,
  button: string,
  selected: Readonly<Record<string, readonly string[]>>,
): JsonObject | null {
  const form = formOf(schema);
  if (form.kind === "yes_no") return { [form.field.name]: button === ANSWER_YES };
  if (form.kind !== "choices") return null;
  const response: JsonObject = {};
  for (const { name, options, required } of form.fields) {
    const value = options?.[Number(selected[name]?.[0] ?? Number.NaN)];
    if (value !== undefined) response[name] = value;
    else if (required) return null;
  }
  return response;
}

/** What has become of a question: stands in place of the buttons. Null while it is asked. */
export function questionOutcome(
  question: Question,
  viewing: Pick<Viewing, "texts" | "nameOf">,
): string | null {
  const { questions } = viewing.texts;
  const { answer, end } = question;
  if (answer && (end === null || end === "answered")) {
    const facts = {
      name: viewing.nameOf(answer.by),
      answer: answerText(question, answer.response, viewing.texts),
    };
    return end === null ? questions.answering(facts) : questions.answered(facts);
  }
  return end === null || end === "answered" ? null : questions.ends[end];
}

/** An answer as people read it; what is secret is not shown. */
export function answerText({ schema }: Pick<Question, "schema">, response: JsonObject, texts: Texts): string {
  const form = formOf(schema);
  const fields = form.kind === "yes_no" ? [form.field] : form.fields;
  const parts = Object.entries(response).map(([name, value]) => {
    const field = fields.find((one) => one.name === name);
    const shown = field?.secret ? "********" : flagText(value, texts.questions);
    return fields.length === 1 ? shown : `${name}=${shown}`;
  });
  return shorten(parts.join(" "), ANSWER_CHARACTERS);
}

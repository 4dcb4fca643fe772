import { flagText, questionOutcome } from "../../core/cards/index.ts";
import type { Json } from "../../core/ids/index.ts";
import { answeringAs, fieldsOf, type Question, type QuestionField } from "../../core/inquiries/index.ts";
import { pageTime } from "../../core/pages/index.ts";
import type { TaskFacts } from "./facts.ts";
import { type Html, html, type Part } from "./html.ts";
import { factList, section } from "./parts.ts";
import { answerFieldName } from "./question-form.ts";
import type { FormMarks } from "./sessions.ts";
import type { Visit } from "./visit.ts";

interface Form {
  /** Address of the task's page. */
  at: string;
  /** Marks of the form of one question. */
  marksFor: (questionId: string) => FormMarks;
}

/** What the run asks people, with a form for who may answer, and what was answered. */
export function questionsPart(facts: TaskFacts, visit: Visit, form: Form): Part {
  const { texts } = facts.viewing;
  const parts = facts.questions.map((question) => questionPart(question, facts, { visit, form }));
  return section(texts.questions.heading, ...parts);
}

function questionPart(
  question: Question,
  { task, viewing }: TaskFacts,
  { visit, form }: { visit: Visit; form: Form },
): Part {
  const { texts, timeZone } = viewing;
  const { questions } = texts;
  const meant = [...question.users, ...question.roles].join(" ");
  const { askedAtMs, untilMs, schema } = question;
  const outcome = questionOutcome(question, viewing);
  const told = [
    html`<p class="soft">${pageTime(askedAtMs, timeZone)}${meant === "" ? "" : ` · ${questions.meantFor(meant)}`}${untilMs === null || outcome ? "" : ` · ${questions.until(pageTime(untilMs, timeZone))}`}</p>`,
  ];
  const fields = fieldsOf(schema);
  const asked = factList(fields.map(({ name, title }) => [name, title === name ? "—" : title]));
  if (outcome !== null) return [told, asked, html`<p>${outcome}</p>`];
  const may = answeringAs(task, { by: visit.session.userId, ...visit.standing });
  if (may.outcome === "refused") {
    return [told, asked, html`<p>${questions.refusals[may.reason]}</p>`];
  }
  const { nonce, token } = form.marksFor(question.id);
  const hidden = Object.entries({ nonce, token, question: question.id }).map(([name, value]) => {
    return html`<input type="hidden" name="${name}" value="${value}">`;
  });
  const inputs = fields.map((field, at) => fieldPart(field, at, texts));
  return [
    told,
    html`<form method="post" action="${form.at}/answer" accept-charset="utf-8">${hidden}${inputs}<div class="row"><button>${questions.submit}</button></div></form>`,
  ];
}

function fieldPart(field: QuestionField, at: number, { questions }: Visit["texts"]): Html {
  const { name, title, required, secret, options } = field;
  const id = answerFieldName(at);
  const words = title === name ? name : `${title} (${name})`;
  const label = required ? words : `${words} · ${questions.optional}`;
  const must = required ? html` required` : null;
  if (options) {
    return html`<label for="${id}">${label}</label><select id="${id}" name="${id}"${must}><option value="">${questions.choose}</option>${optionParts(options, questions)}</select>`;
  }
  const input = secret
    ? html`<input type="password" id="${id}" name="${id}" autocomplete="off"${must}>`
    : html`<textarea id="${id}" name="${id}"${must}></textarea>`;
  return html`<label for="${id}">${label}</label>${input}`;
}

function optionParts(options: readonly Json[], questions: Visit["texts"]["questions"]): Html[] {
  return options.map((value, at) => html`<option value="${at}">${flagText(value, questions)}</option>`);
}

import type { Context } from "koa";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { fieldsOf } from "../../core/inquiries/index.ts";
import type { StateStore } from "../../core/ports/index.ts";
import { orderKey } from "../../core/tasks/index.ts";
import type { Answerer } from "../inquiries/index.ts";
import type { Answers } from "./answers.ts";
import { readForm } from "./form.ts";
import { redirect } from "./login.ts";
import { taskPath } from "./return-path.ts";
import { sendError } from "./site.ts";
import { type VisitDeps, visiting } from "./visit.ts";

export interface QuestionFormDeps {
  visit: VisitDeps;
  answerer: Pick<Answerer, "take">;
  state: Pick<StateStore, "get">;
  answers: Answers;
}

/** Names of a schema may be anything; those of a form's fields count them. */
export function answerFieldName(at: number): string {
  return `field.${at}`;
}

/**
 * `POST /tasks/:id/answer`: what a person answers on the page goes the way of a click on the question's card, by what
 * they may at this moment. The form's own mark is its key: it counts once.
 */
export async function answerQuestion(ctx: Context, deps: QuestionFormDeps): Promise<void> {
  const { site } = deps.visit;
  const form = await readForm(ctx, site);
  if (form.outcome === "refused") return void sendError(ctx, site, form.reason);
  const visit = await visiting(ctx, deps.visit);
  if (!visit) return;
  const { session, task, standing, texts } = visit;
  const { nonce = "", token = "", question: id = "" } = form.fields;
  const about = { by: session.userId, task: task.id };
  if (!site.sessions.isOurs(session, id, { nonce, token, hash: "" })) {
    return void sendError(ctx, site, "foreign_form", about);
  }
  const question = (await deps.state.get("question", id))?.body;
  if (question?.taskId !== task.id) return void sendError(ctx, site, "not_found", about);
  const response = filledIn(question.schema, form.fields);
  const key = orderKey(`page:${nonce}`, { what: "answer", response });
  const order = { by: session.userId, ...standing, key, response };
  const said = await deps.answerer.take(question, order, texts);
  site.log.info({ taskId: task.id, question: id, by: session.userId }, "answered on a page");
  deps.answers.keep(ctx, { session, taskId: task.id }, { said: said.slice(0, MOST_SAID) });
  redirect(ctx, `${site.base}${taskPath(task.id)}`);
}

/** What is said next is kept in a cookie, which has little room. */
const MOST_SAID = 500;

/** What was filled in; what was left empty is not answered. */
function filledIn(schema: JsonObject, fields: Readonly<Record<string, string>>): JsonObject {
  const given = fieldsOf(schema).flatMap(({ name, options }, at): [string, Json][] => {
    const written = fields[answerFieldName(at)] ?? "";
    if (written === "") return [];
    const value = options ? options[Number(written)] : written;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { deciders } from "../../../core/approvals/index.ts";
import { isJsonObject, shortId } from "../../../core/ids/index.ts";
import { type AnswerRefusal, fieldsOf, type Question, shownResponse } from "../../../core/inquiries/index.ts";
import { inScope, objectOfTask } from "../../../core/people/index.ts";
import type { Ids, StateStore, TaskStore } from "../../../core/ports/index.ts";
import { orderKey, type Task } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { type StandingDeps, standingOf } from "../../chat/standing.ts";
import type { Answerer, Given } from "../../inquiries/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface InquiryDeps extends ApiDeps, StandingDeps {
  state: Pick<StateStore, "get" | "list">;
  tasks: Pick<TaskStore, "get">;
  answerer: Pick<Answerer, "give">;
  ids: Ids;
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: InquiryDeps) => Promise<void>;

const ALL = "/api/v1/inquiries";

/** What running workflows ask people, over REST: list, read one, answer one. */
export function inquiryRoutes(router: Router, deps: InquiryDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.get(`${ALL}/:id`, answered(one));
  router.post(`${ALL}/:id/answer`, answered(answer));
}

interface Asked {
  question: Question;
  task: Task;
}

async function list(ctx: RouterContext, { guard, state, tasks }: InquiryDeps): Promise<void> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  const { task: taskId, state: which } = ctx.query;
  const wanted = (await state.list("question")).filter(({ body }) => {
    return (which === "all" || body.end === null) && (taskId === undefined || body.taskId === taskId);
  });
  const found = await Promise.all(
    wanted.map(async ({ body: question }) => ({ question, task: await tasks.get(question.taskId) })),
  );
  const seen = found.filter(({ task }) => task !== null && inScope(caller.scope, objectOfTask(task)));
  const oldestFirst = seen.map(({ question }) => question).sort((a, b) => a.askedAtMs - b.askedAtMs);
  ctx.body = { inquiries: oldestFirst.map(shown) };
}

async function one(ctx: RouterContext, deps: InquiryDeps): Promise<void> {
  const caller = await deps.guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  const asked = await askedOf(ctx, caller, deps);
  if (asked) ctx.body = shown(asked.question);
}

/** Null when the request has been answered. */
async function askedOf(
  ctx: RouterContext,
  caller: LetIn,
  { state, tasks }: InquiryDeps,
): Promise<Asked | null> {
  const question = (await state.get("question", ctx.params["id"] ?? ""))?.body;
  const task = question ? await tasks.get(question.taskId) : null;
  if (question && task) return caller.permits(objectOfTask(task)) ? { question, task } : null;
  refuseApi(ctx, 404, { code: "unknown_inquiry", message: "没有这个提问 (there is no such inquiry)" });
  return null;
}

function shown(question: Question) {
  const { id, taskId, cluster, inquiry, schema, users, roles, askedAtMs, untilMs, end, endedAtMs } = question;
  return {
    ...{ id, task: taskId, cluster, execution: inquiry, schema, users, roles, end },
    fields: fieldsOf(schema),
    askedAt: iso(askedAtMs),
    until: iso(untilMs),
    endedAt: iso(endedAtMs),
    answer: shownAnswer(question),
  };
}

function shownAnswer({ answer: given, schema }: Question) {
  if (!given) return null;
  const { by, onBehalfOf = null, atMs, response } = given;
  return { by, onBehalfOf, at: iso(atMs), response: shownResponse(schema, response) };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** An answer counts as that of a person: a token's rights let in, and what the person may decide decides. */
async function answer(ctx: RouterContext, deps: InquiryDeps): Promise<void> {
  const caller = await deps.guard(ctx, "tasks.control", "some");
  if (caller.outcome === "answered") return;
  const asked = await askedOf(ctx, caller, deps);
  if (!asked) return;
  const { actor } = caller;
  if (actor.kind !== "user") {
    const message = "只有人可以答复，请用个人的令牌 (only a person may answer; use a person's token)";
    return refuseApi(ctx, 403, { code: "not_a_person", message });
  }
  const body = await jsonBody(ctx, deps.readJson);
  if (body === null) return;
  const { response } = body;
  if (!isJsonObject(response)) {
    const message = "response 应为对象 (response must be an object)";
    return refuseApi(ctx, 422, { code: "bad_response", message });
  }
  const standing = await standingOf(actor.userId, deciders(asked.task), deps);
  const given = ctx.get("idempotency-key").slice(0, 100);
  const name = `rest:${caller.who}:${given === "" ? deps.ids.ulid() : given}`;
  const key = orderKey(name, { what: "answer", response });
  const order = { by: actor.userId, ...standing, key, response };
  tell(ctx, asked.question, await deps.answerer.give(asked.question, order));
}

/** What a refusal is to a program. */
const STATUS: Record<AnswerRefusal, number> = {
  ...{ not_entitled: 403, inactive: 403, unknown_person: 403, duty_unknown: 503, own_request: 403 },
  group_gone: 503,
  ...{ key_reused: 409, answer_given: 409, question_over: 409, misfit: 422 },
};

function tell(ctx: RouterContext, { id }: Question, given: Given): void {
  const [zh, en] = [textsOf("zh").questions, textsOf("en").questions];
  switch (given.outcome) {
    case "gone": {
      const message = `${zh.none(shortId(id))} (${en.none(shortId(id))})`;
      refuseApi(ctx, 404, { code: "unknown_inquiry", message });
      break;
    }
    case "refused":
      refuseApi(ctx, STATUS[given.reason], { code: given.reason, message: refusalWords(given) });
      break;
    case "given":
      tellGiven(ctx, id, given.told);
      break;
    default:
      given satisfies never;
  }
}

function refusalWords(refused: Extract<Given, { outcome: "refused" }>): string {
  const [zh, en] = [textsOf("zh").questions, textsOf("en").questions];
  if (refused.reason !== "misfit") return `${zh.refusals[refused.reason]} (${en.refusals[refused.reason]})`;
  const facts = { field: refused.misfit.field, why: refused.misfit.message };
  return `${zh.misfit(facts)} (${en.misfit(facts)})`;
}

function tellGiven(ctx: RouterContext, id: string, told: Extract<Given, { outcome: "given" }>["told"]): void {
  if (told === "settled") {
    refuseApi(ctx, 409, { code: "question_over", message: "已不再等待答复 (it is not asked any more)" });
  } else if (told === "refused") {
    const message =
      "StackStorm 没有接受这个答复，仍在等待 (StackStorm did not take the answer and goes on asking)";
    refuseApi(ctx, 409, { code: "not_taken", message });
  } else {
    // What is stored is told to the engine until it answers.
    ctx.status = told === "open" ? 202 : 200;
    ctx.body = { id, state: told === "open" ? "waits" : "answered" };
  }
}

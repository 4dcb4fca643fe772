import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { isJsonObject, type JsonObject } from "../../../core/ids/index.ts";
import { actorName, authorise, personNamed } from "../../../core/people/index.ts";
import type { Ids } from "../../../core/ports/index.ts";
import type { RunAnswer, RunDesk, RunGrants, RunRefusal, RunRequest } from "../../../core/runs/index.ts";
import { answerDenied } from "./access-answers.ts";
import { answering, refuseApi } from "./answers.ts";
import { type AccessDeps, whoCalls } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface RunRouteDeps {
  access: AccessDeps;
  desk: RunDesk & RunGrants;
  ids: Ids;
  readJson: ReadJson;
}

const PATH = "/api/v1/runs";
const LONGEST_KEY = 200;

/** Runs that people ask for by hand. Who may is asked of each grant, which may name its people. */
export function runRoutes(router: Router, deps: RunRouteDeps): void {
  const { log } = deps.access;
  router.get(
    PATH,
    answering(log, (ctx: RouterContext) => list(ctx, deps)),
  );
  router.post(
    PATH,
    answering(log, (ctx: RouterContext) => order(ctx, deps)),
  );
}

/** Who calls, and by which token; null when they have had their answer. A token limits whoever comes by it. */
async function caller(
  ctx: RouterContext,
  { access }: RunRouteDeps,
): Promise<Pick<RunRequest, "by" | "token"> | null> {
  const actor = await whoCalls(ctx, access);
  if (!actor) return null;
  const token = actor.kind === "user" ? actor.token : undefined;
  const who = actorName(actor);
  const by = personNamed(who) ?? who;
  if (!token) return { by };
  if (token.rights.includes("tasks.run")) return { by, token: token.id };
  const denial = authorise(actor, "tasks.run", "some");
  if (denial.outcome === "denied") answerDenied(ctx, { actor, right: "tasks.run", denial }, access);
  return null;
}

async function list(ctx: RouterContext, deps: RunRouteDeps): Promise<void> {
  const who = await caller(ctx, deps);
  if (who === null) return;
  const usable = await deps.desk.usableBy(who.by);
  ctx.body = {
    runs: usable.map(({ id, title = id, actions, business, approval }) => ({
      ...{ id, title, actions, business },
      approval: approval.mode === "policy" ? "policy" : "people",
    })),
  };
}

async function order(ctx: RouterContext, deps: RunRouteDeps): Promise<void> {
  const who = await caller(ctx, deps);
  if (who === null) return;
  const body = await jsonBody(ctx, deps.readJson);
  if (body === null) return;
  const asked = orderIn(body);
  if ("fault" in asked) return refuseApi(ctx, 422, { code: "bad_request", message: asked.fault });
  const key = asked.key ?? deps.ids.ulid();
  tell(ctx, await deps.desk.ask({ ...asked, ...who, key, via: "rest" }));
}

type Ordered = { action: string; parameters: JsonObject; key?: string };

function orderIn({ action, parameters = {}, key, ...others }: JsonObject): Ordered | { fault: string } {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return { fault: `没有字段 ${unknown} (no such field: ${unknown})` };
  if (typeof action !== "string" || action === "") {
    return { fault: "action 应为 包名.动作名 (action must be pack.name)" };
  }
  if (!isJsonObject(parameters)) {
    return { fault: "parameters 应为对象 (parameters must be an object)" };
  }
  if (key === undefined) return { action, parameters };
  if (typeof key === "string" && key !== "" && key.length <= LONGEST_KEY) return { action, parameters, key };
  return {
    fault: `key 应为文本，最多 ${LONGEST_KEY} 个字符 (key must be a text of at most ${LONGEST_KEY} characters)`,
  };
}

const STATUS: Record<RunRefusal, number> = {
  no_grant: 403,
  not_allowed: 403,
  directory_unavailable: 503,
  bad_parameters: 422,
  no_allowed_cluster: 409,
  unknown_action: 404,
  policy_void: 409,
  key_reused: 409,
  too_many: 429,
};

/** 201: the task is there; it waits for approval, or starts by itself. */
function tell(ctx: RouterContext, answer: RunAnswer): void {
  if (answer.outcome === "refused") {
    const { retryAfterMs } = answer;
    if (retryAfterMs !== undefined) ctx.set("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
    refuseApi(ctx, STATUS[answer.reason], { code: answer.reason, message: answer.message });
    return;
  }
  const { id, state, reason, clusters } = answer.task;
  ctx.status = 201;
  ctx.body = { task: id, state, reason, clusters };
}

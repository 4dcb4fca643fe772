import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import {
  isThere,
  MAX_WHY,
  objectOfStop,
  type Stop,
  type Stoppable,
  type StopScope,
  scopeOfStop,
  stopName,
} from "../../../core/stops/index.ts";
import type { StopKeeper } from "../../stops/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface StopDeps extends ApiDeps {
  stops: StopKeeper;
  stoppable: () => Stoppable;
  /** Lets go on at once what no stop holds any more. */
  release: () => Promise<number>;
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: StopDeps) => Promise<void>;

const ALL = "/api/v1/stops";

/** Stops over REST: list those in force, stop all or some new starts, let them go on. */
export function stopRoutes(router: Router, deps: StopDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.post(ALL, answered(order));
  router.delete(`${ALL}/:name`, answered(lift));
}

/** As in chat, whoever may see tasks may see why none starts. */
async function list(ctx: RouterContext, { guard, stops }: StopDeps): Promise<void> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  ctx.body = { stops: (await stops.list()).map(shown) };
}

async function order(ctx: RouterContext, deps: StopDeps): Promise<void> {
  const caller = await deps.guard(ctx, "stops.write", "some");
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, deps.readJson);
  if (body === null) return;
  const { stop: name, why } = body;
  const scope = typeof name === "string" ? scopeOfStop(name) : null;
  if (!scope) return refuseApi(ctx, 422, BAD_NAME);
  if (typeof why !== "string" || why.trim() === "") return refuseApi(ctx, 422, NO_REASON);
  if (!caller.permits(objectOf(scope, deps))) return;
  if (!isThere(scope, deps.stoppable())) return refuseApi(ctx, 422, unknown(scope));
  const made = await deps.stops.order({ scope, why: why.trim().slice(0, MAX_WHY) }, caller.who);
  ctx.status = made.outcome === "stopped" ? 201 : 200;
  ctx.body = shown(made.stop);
}

async function lift(ctx: RouterContext, deps: StopDeps): Promise<void> {
  const caller = await deps.guard(ctx, "stops.write", "some");
  if (caller.outcome === "answered") return;
  const scope = scopeOfStop(ctx.params["name"] ?? "");
  if (!scope) return refuseApi(ctx, 422, BAD_NAME);
  if (!caller.permits(objectOf(scope, deps))) return;
  if (!(await deps.stops.lift(scope, caller.who))) return refuseApi(ctx, 404, NOT_STOPPED);
  await deps.release();
  ctx.status = 204;
}

function objectOf(scope: StopScope, { stoppable }: StopDeps) {
  return objectOfStop(scope, (rule) => stoppable().rules.find(({ id }) => id === rule)?.business);
}

const BAD_NAME = {
  code: "bad_stop",
  message:
    "stop 应为 everything、cluster:名称、rule:名称 或 business:名称 (must be everything, cluster:NAME, rule:NAME or business:NAME)",
};
const NO_REASON = { code: "no_reason", message: "请写明原因 why (say why)" };
const NOT_STOPPED = { code: "not_stopped", message: "它没有被急停 (it is not stopped)" };

function unknown(scope: StopScope) {
  const message = `没有 ${stopName(scope)}，急停它不会有任何作用 (there is none: stopping it would stop nothing)`;
  return { code: "unknown_scope", message };
}

function shown(stop: Stop) {
  const { scope, by, at, why } = stop;
  return { stop: stopName(scope), by, at, why };
}

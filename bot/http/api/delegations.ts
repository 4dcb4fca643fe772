import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import {
  type DelegationRefusal,
  type NamedDelegation,
  readDelegation,
} from "../../../core/delegations/index.ts";
import type { Clock } from "../../../core/ports/index.ts";
import { type DelegationKeeper, delegationFaultWords, mayEnd, mayGiveFor } from "../../delegations/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface DelegationDeps extends ApiDeps {
  delegations: DelegationKeeper;
  readJson: ReadJson;
  clock: Clock;
  /** The zone of days and times that are written without one. */
  timeZone: string;
}

type Handler = (ctx: RouterContext, deps: DelegationDeps) => Promise<void>;

const ALL = "/api/v1/delegations";

/** Delegations over REST: list those in force, give one's own, end one. */
export function delegationRoutes(router: Router, deps: DelegationDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.post(ALL, answered(give));
  router.delete(`${ALL}/:name`, answered(end));
}

async function list(ctx: RouterContext, { guard, delegations }: DelegationDeps): Promise<void> {
  const caller = await guard(ctx, "delegations.read", {});
  if (caller.outcome === "answered") return;
  ctx.body = { delegations: (await delegations.list()).map(shown) };
}

async function give(ctx: RouterContext, deps: DelegationDeps): Promise<void> {
  const { guard, delegations, readJson, clock, timeZone: zone } = deps;
  const caller = await guard(ctx, "delegations.write", {});
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, readJson);
  if (body === null) return;
  const asker = caller.actor.kind === "user" ? caller.actor.userId : null;
  const read = readDelegation(body, { asker, nowMs: clock.nowMs(), zone });
  if (read.outcome === "refused") return refuseOrder(ctx, read);
  if (!mayGiveFor(caller.actor, read.order.from)) {
    const message = "只能委托自己的授权 (only what you may decide yourself can be delegated by you)";
    return refuseApi(ctx, 403, { code: "not_yours", message });
  }
  const answer = await delegations.give(read.order, caller.who);
  if (answer.outcome === "refused") return refuseOrder(ctx, answer);
  ctx.status = 201;
  ctx.body = shown(answer.given);
}

function refuseOrder(ctx: RouterContext, refusal: DelegationRefusal): void {
  const { zh, en } = delegationFaultWords(refusal);
  refuseApi(ctx, 422, { code: refusal.fault, message: `${zh} (${en})` });
}

async function end(ctx: RouterContext, { guard, delegations }: DelegationDeps): Promise<void> {
  const caller = await guard(ctx, "delegations.write", {});
  if (caller.outcome === "answered") return;
  const name = ctx.params["name"] ?? "";
  const known = (await delegations.list()).find((one) => one.name === name);
  const may = known !== undefined && mayEnd(caller.actor, known.delegation);
  if (may && (await delegations.end(name, caller.who))) {
    ctx.status = 204;
    return;
  }
  const message = "没有这条委托，或已结束 (no such delegation is in force)";
  refuseApi(ctx, 404, { code: "unknown_delegation", message });
}

function shown({ name, delegation }: NamedDelegation) {
  return { id: name, ...delegation };
}

import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { muteText, type NamedMute, type ReadMute, readMute } from "../../../core/mutes/index.ts";
import { inScope } from "../../../core/people/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { type MuteKeeper, type MuteObject, missingRuleWords, muteFaultWords } from "../../mutes/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface MuteDeps extends ApiDeps {
  mutes: MuteKeeper;
  /** What a right must be held on to order or lift a mute. */
  objectOf: MuteObject;
  /** Those in force. */
  rules: () => readonly Rule[];
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: MuteDeps) => Promise<void>;

const ALL = "/api/v1/mutes";

/** Mutes over REST: list those in force, order one, lift one. */
export function muteRoutes(router: Router, deps: MuteDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.post(ALL, answered(order));
  router.delete(`${ALL}/:name`, answered(lift));
}

async function list(ctx: RouterContext, { guard, mutes, objectOf }: MuteDeps): Promise<void> {
  const caller = await guard(ctx, "mutes.read", "some");
  if (caller.outcome === "answered") return;
  const seen = (await mutes.list()).filter(({ mute }) => inScope(caller.scope, objectOf(mute.match)));
  ctx.body = { mutes: seen.map(shown) };
}

async function order(
  ctx: RouterContext,
  { guard, mutes, objectOf, rules, readJson }: MuteDeps,
): Promise<void> {
  const caller = await guard(ctx, "mutes.write", "some");
  if (caller.outcome === "answered") return;
  const body = await jsonBody(ctx, readJson);
  if (body === null) return;
  const read: ReadMute = readMute(body);
  if (read.outcome === "refused") {
    const { zh, en } = muteFaultWords(read);
    return refuseApi(ctx, 422, { code: read.fault, message: `${zh} (${en})` });
  }
  const missing = missingRuleWords(read.order.match, rules());
  if (missing) return refuseApi(ctx, 422, { code: "unknown_rule", message: `${missing.zh} (${missing.en})` });
  if (!caller.permits(objectOf(read.order.match))) return;
  const made = await mutes.order(read.order, caller.who);
  ctx.status = 201;
  ctx.body = shown(made);
}

async function lift(ctx: RouterContext, { guard, mutes, objectOf }: MuteDeps): Promise<void> {
  const caller = await guard(ctx, "mutes.write", "some");
  if (caller.outcome === "answered") return;
  const name = ctx.params["name"] ?? "";
  const known = (await mutes.list()).find((one) => one.name === name);
  if (known && !caller.permits(objectOf(known.mute.match))) return;
  if (known && (await mutes.lift(name, caller.who))) {
    ctx.status = 204;
    return;
  }
  refuseApi(ctx, 404, { code: "unknown_mute", message: "没有这条静默，或已结束 (no such mute is in force)" });
}

function shown({ name, mute }: NamedMute) {
  const { match, from, until, by, why } = mute;
  return { id: name, match, for: muteText(match), from, until, by, why };
}

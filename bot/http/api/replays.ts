import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { errorText, isChatOpsError } from "../../../core/errors.ts";
import { inScope, objectOfRule, type Scope } from "../../../core/people/index.ts";
import type { Archive, Audit, Clock, Ids, ReplayStore } from "../../../core/ports/index.ts";
import { changed, endOf, hasEnded, type Replay, type ReplayOrder } from "../../../core/replays/index.ts";
import type { RuleSet } from "../../../core/rules/index.ts";
import { queueReplay, recordReplay } from "../../replays/index.ts";
import { answering, refuseApi } from "./answers.ts";
import { verdictsTold } from "./event-filter.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { namesProto, type ReadJson, sentBody } from "./json-body.ts";
import { readOrder } from "./replay-order.ts";

export interface ReplayDeps extends ApiDeps {
  replays: ReplayStore;
  archive: Pick<Archive, "search">;
  audit: Pick<Audit, "append">;
  /** The rules in force now. */
  set: () => RuleSet;
  ids: Ids;
  clock: Clock;
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: ReplayDeps) => Promise<void>;

const ALL = "/api/v1/replays";
const ONE = `${ALL}/:id`;
const MOST_LISTED = 100;
const NO_SUCH_NAME = "__proto__: 不能用这个名 (is not allowed as a name)";

/** Replays of stored events over REST: order one, list, look, cancel. */
export function replayRoutes(router: Router, deps: ReplayDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.post(ALL, answered(create));
  router.get(ALL, answered(list));
  router.get(ONE, answered(show));
  router.post(`${ONE}/cancel`, answered(cancel));
}

async function create(ctx: RouterContext, deps: ReplayDeps): Promise<void> {
  const rules = await deps.guard(ctx, "rules.read", "some");
  if (rules.outcome === "answered") return;
  const reader = await deps.guard(ctx, "events.read", "some");
  if (reader.outcome === "answered") return;
  const sent = await sentBody(ctx, deps.readJson);
  if (sent === null) return;
  const read = readOrder(sent.body, deps.clock.nowMs());
  const unread = namesProto(sent.bytes) ? [NO_SUCH_NAME] : [];
  if (read.outcome === "refused") return refuseOrder(ctx, [...unread, ...read.faults]);
  if (unread.length > 0) return refuseOrder(ctx, unread);
  const caller = read.order.mode === "real" ? await deps.guard(ctx, "events.replay", "some") : reader;
  if (caller.outcome === "answered") return;
  const order = { ...read.order, scope: { events: caller.scope, rules: rules.scope } };
  if (!mayReplay(ctx, order, [reader, caller])) return;
  const told = verdictsTold(order.filter, { rules: deps.set().rules.map(({ rule }) => rule) });
  if (told && !rules.permits(told)) return;
  const faults = await faultsOf(order, deps);
  if (faults.length > 0) return refuseOrder(ctx, faults);
  await accept(ctx, { order, who: caller.who }, deps);
}

/**
 * Whoever is limited to some types must name types: a count of what was left out would tell of events that they
 * may not read. When false, the request has been answered.
 */
function mayReplay(ctx: RouterContext, { filter }: Pick<ReplayOrder, "filter">, callers: LetIn[]): boolean {
  for (const { scope, permits } of callers) {
    const { type } = filter;
    if (scope.kind === "everything") continue;
    if (type === undefined) {
      const message =
        "您的权限限于某些事件类型，请在 filter.type 中写明 (you may replay some event types alone: name them in filter.type)";
      refuseApi(ctx, 403, { code: "types_not_named", message });
      return false;
    }
    if (!type.every((one) => permits({ type: one }))) return false;
  }
  return true;
}

/** What the rules in force and the archive say against an order. */
async function faultsOf({ filter, rules, scope }: ReplayOrder, deps: ReplayDeps): Promise<string[]> {
  const { rules: inForce } = deps.set();
  const known = inForce.filter(({ rule }) => {
    return rule.on.some((type) => inScope(scope.rules, { type, ...objectOfRule(rule) }));
  });
  const unknown = (rules ?? []).filter((id) => !known.some(({ rule }) => rule.id === id));
  const faults = unknown.map((id) => `rules: 没有这条规则 (no such rule): ${id.slice(0, 100)}`);
  try {
    await deps.archive.search({ ...filter, order: "oldest", limit: 1 });
  } catch (error) {
    if (!isChatOpsError(error) || error.code !== "archive.bad_query") throw error;
    faults.push(`filter: ${errorText(error)}`);
  }
  return faults;
}

function refuseOrder(ctx: RouterContext, faults: readonly string[]): void {
  const message = `不能这样重放，逐条列出 (this cannot be replayed, every fault is listed): ${faults.join("; ")}`;
  refuseApi(ctx, 422, { code: "bad_order", message, faults });
}

async function accept(
  ctx: RouterContext,
  { order, who: by }: { order: ReplayOrder; who: string },
  deps: ReplayDeps,
): Promise<void> {
  const replay = await queueReplay(order, { id: `r_${deps.ids.ulid()}`, by }, deps);
  ctx.set("Location", `${ALL}/${replay.id}`);
  ctx.status = 202;
  ctx.body = { id: replay.id };
}

/** What a caller may see of replays; null when the request has been answered. */
async function seeing(ctx: RouterContext, { guard }: ReplayDeps): Promise<Replay["order"]["scope"] | null> {
  const rules = await guard(ctx, "rules.read", "some");
  if (rules.outcome === "answered") return null;
  const events = await guard(ctx, "events.read", "some");
  return events.outcome === "answered" ? null : { events: events.scope, rules: rules.scope };
}

async function list(ctx: RouterContext, deps: ReplayDeps): Promise<void> {
  const scope = await seeing(ctx, deps);
  if (!scope) return;
  const visible = (await deps.replays.list(MOST_LISTED)).filter((replay) => covers(scope.events, replay));
  ctx.body = { replays: visible.map(headOf) };
}

/** Whether all events that a replay could touch are in scope. */
function covers(scope: Scope, { order }: Replay): boolean {
  if (scope.kind === "everything") return true;
  return order.filter.type?.every((type) => inScope(scope, { type })) ?? false;
}

async function show(ctx: RouterContext, deps: ReplayDeps): Promise<void> {
  const scope = await seeing(ctx, deps);
  if (!scope) return;
  const replay = await deps.replays.get(idOf(ctx));
  if (!replay || !covers(scope.events, replay)) return unknownReplay(ctx);
  const { rules, samples } = replay.progress;
  const shown = samples.filter(({ type, business, ruleId: rule }) => {
    return inScope(scope.rules, { type, business, rule });
  });
  ctx.body = { ...headOf(replay), outcomes: rules, samples: shown };
}

function headOf({ id, order, by, state, reason, message, createdAtMs, updatedAtMs, progress }: Replay) {
  const { scope: _, ...asked } = order;
  const { events, chained, outOfScope, tasks } = progress;
  const times = {
    createdAt: new Date(createdAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
  };
  const told = message === undefined ? {} : { message };
  return { id, ...asked, by, state, reason, ...told, ...times, events, chained, outOfScope, tasks };
}

function idOf(ctx: RouterContext): string {
  return ctx.params["id"] ?? "";
}

function unknownReplay(ctx: RouterContext): void {
  const message = `没有这次重放 (no such replay): ${idOf(ctx).slice(0, 100)}`;
  refuseApi(ctx, 404, { code: "unknown_replay", message });
}

/** So often a person's change is tried against the worker's, which come every second or two. */
const CANCEL_TRIES = 10;

async function cancel(ctx: RouterContext, deps: ReplayDeps): Promise<void> {
  const scope = await seeing(ctx, deps);
  if (!scope) return;
  const found = await deps.replays.get(idOf(ctx));
  if (!found || !covers(scope.events, found)) return unknownReplay(ctx);
  const right = found.order.mode === "real" ? "events.replay" : "events.read";
  const caller = await deps.guard(ctx, right, "some");
  if (caller.outcome === "answered") return;
  if (!covers(caller.scope, found))
    return void found.order.filter.type?.every((type) => caller.permits({ type }));
  await endByPerson(ctx, caller.who, deps);
}

async function endByPerson(ctx: RouterContext, who: string, deps: ReplayDeps): Promise<void> {
  for (let tries = 0; tries < CANCEL_TRIES; tries++) {
    const replay = await deps.replays.get(idOf(ctx));
    if (!replay) return unknownReplay(ctx);
    if (hasEnded(replay)) {
      const message = `重放已经结束：${replay.state} (this replay has ended: ${replay.state})`;
      return refuseApi(ctx, 409, { code: "ended", message });
    }
    const over = changed(replay, { state: "canceled", reason: "canceled_by_person" }, deps.clock.nowMs());
    if ((await deps.replays.save({ replay: over, expected: replay.revision })) === "conflict") continue;
    await recordReplay(over.id, { who, detail: endOf(over) }, deps);
    ctx.body = headOf(over);
    return;
  }
  ctx.set("Retry-After", "1");
  refuseApi(ctx, 503, { code: "busy", message: "重放正忙，请再试 (the replay is busy, try again)" });
}

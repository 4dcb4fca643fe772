import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { LANE_NAMES, LANES, laneOf, personOfLine, standingOf } from "../../../core/outbox/index.ts";
import { isUserId, normaliseUserId } from "../../../core/people/index.ts";
import type { Clock, Lane, Outbox, OutboxWaiting } from "../../../core/ports/index.ts";
import type { BudgetLeft } from "../../workers/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface OutboxDeps extends ApiDeps {
  outbox: Pick<Outbox, "list" | "depth" | "oldest">;
  left: BudgetLeft;
  clock: Clock;
}

const LIMITS = { fallback: 50, max: 1_000 };

/**
 * `GET /api/v1/outbox?lane=&limit=`: what waits to be sent, and why. `GET /api/v1/outbox/budgets/:user`: how many
 * messages a person may get now. For whoever may read the outbox as a whole: it holds messages of every business.
 */
export function outboxRoutes(router: Router, deps: OutboxDeps): void {
  const answered = (handler: (ctx: RouterContext, deps: OutboxDeps) => Promise<void>) =>
    answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get("/api/v1/outbox", answered(list));
  router.get("/api/v1/outbox/budgets/:user", answered(budgets));
}

async function list(ctx: RouterContext, { guard, outbox, clock }: OutboxDeps): Promise<void> {
  const caller = await guard(ctx, "outbox.read", {});
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const name = read.oneOf("lane", Object.values(LANE_NAMES));
  const limit = read.whole("limit", LIMITS);
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const lane = name === undefined ? undefined : laneOf(name);
  const [items, depth, oldest] = await Promise.all([
    lane === undefined ? outbox.list(limit) : outbox.list(limit, lane),
    outbox.depth(),
    outbox.oldest(),
  ]);
  const nowMs = clock.nowMs();
  ctx.body = { depth, oldest: oldestOf(oldest), items: items.map((item) => shown(item, nowMs)) };
}

async function budgets(ctx: RouterContext, { guard, left }: OutboxDeps): Promise<void> {
  const caller = await guard(ctx, "outbox.read", {});
  if (caller.outcome === "answered") return;
  const user = normaliseUserId(ctx.params["user"] ?? "");
  if (!isUserId(user)) {
    const message = "应为一个人的 userid (must be the userid of one person)";
    return refuseApi(ctx, 422, { code: "bad_user", message });
  }
  const counts = await Promise.all(LANES.map(async (lane) => [LANE_NAMES[lane], await left(user, lane)]));
  ctx.body = { user, left: Object.fromEntries(counts) };
}

function oldestOf(oldest: Partial<Record<Lane, number>>): Record<string, string> {
  const known = LANES.flatMap((lane) => {
    const atMs = oldest[lane];
    return atMs === undefined ? [] : [[LANE_NAMES[lane], iso(atMs)]];
  });
  return Object.fromEntries(known);
}

function shown(item: OutboxWaiting, nowMs: number) {
  const { key, taskId, lane, kind, dueAtMs, createdAtMs, attempts, why = null } = item;
  const task = taskId?.startsWith("t_") ? taskId : null;
  const user = personOfLine(taskId);
  return {
    ...{ key, task, user, lane: LANE_NAMES[lane], kind, attempts, why, waits: standingOf(item, nowMs) },
    ...{ created: iso(createdAtMs), due: iso(dueAtMs) },
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

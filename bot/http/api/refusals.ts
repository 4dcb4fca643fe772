import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { Journal } from "../../../core/ports/index.ts";
import { answering } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { answerRaw } from "./one-event.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface RefusalDeps extends ApiDeps {
  journal: Pick<Journal, "refusals" | "raw">;
}

/** Bodies that made no event, for whoever may read every event: nobody knows which types they would have been. */
export function refusalRoutes(router: Router, deps: RefusalDeps): void {
  router.get(
    "/api/v1/refusals",
    answering(deps.log, (ctx: RouterContext) => list(ctx, deps)),
  );
  router.get(
    "/api/v1/refusals/:ref/raw",
    answering(deps.log, (ctx: RouterContext) => raw(ctx, deps)),
  );
}

async function list(ctx: RouterContext, { guard, journal }: RefusalDeps): Promise<void> {
  const caller = await guard(ctx, "events.read", {});
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const limit = read.whole("limit", { fallback: 50, max: 500 });
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const refusals = await journal.refusals(limit);
  ctx.body = {
    refusals: refusals.map(({ atMs, ...refusal }) => ({ ...refusal, at: new Date(atMs).toISOString() })),
  };
}

async function raw(ctx: RouterContext, { guard, journal }: RefusalDeps): Promise<void> {
  const caller = await guard(ctx, "events.read", {});
  if (caller.outcome === "answered") return;
  answerRaw(ctx, await journal.raw(ctx.params["ref"] ?? ""));
}

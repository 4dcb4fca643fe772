import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { type RosterKeeper, shownDuty } from "../../rosters/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";

export interface DutyDeps extends ApiDeps {
  rosters: Pick<RosterKeeper, "view">;
}

/** `GET /api/v1/duty?name=`: who is on duty now, for whoever may read the rules as a whole. */
export function dutyRoutes(router: Router, deps: DutyDeps): void {
  router.get(
    "/api/v1/duty",
    answering(deps.log, (ctx: RouterContext) => show(ctx, deps)),
  );
}

async function show(ctx: RouterContext, { guard, rosters }: DutyDeps): Promise<void> {
  const caller = await guard(ctx, "rules.read", {});
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const name = read.text("name");
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const views = await rosters.view(name);
  if (name === undefined || views.length > 0) {
    ctx.body = { rosters: views.map(shownDuty) };
    return;
  }
  refuseApi(ctx, 404, { code: "unknown_roster", message: "没有这个值班表 (no such roster)" });
}

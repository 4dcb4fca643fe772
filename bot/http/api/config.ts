import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import type { HomeKeeper } from "../../home/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";

export interface ConfigDeps extends ApiDeps {
  reload: HomeKeeper["reload"];
}

/** `POST /api/v1/config/reload`: takes the files of WHALE_HOME as they are now, all or none. */
export function configRoutes(router: Router, deps: ConfigDeps): void {
  router.post(
    "/api/v1/config/reload",
    answering(deps.log, (ctx: RouterContext) => reload(ctx, deps)),
  );
}

async function reload(ctx: RouterContext, deps: ConfigDeps): Promise<void> {
  const guarded = await deps.guard(ctx, "config.reload", {});
  if (guarded.outcome === "answered") return;
  const reloaded = await deps.reload(guarded.who);
  if (reloaded.outcome === "refused") {
    const message =
      "文件有误，之前的配置仍有效 (the files are wrong, the configuration before stays in force)";
    return refuseApi(ctx, 422, { code: "invalid", message, problems: reloaded.problems });
  }
  ctx.body = {
    versions: reloaded.versions.map(({ kind, name, no, change }) => ({ kind, name, version: no, change })),
  };
}

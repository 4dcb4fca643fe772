import type Router from "koa-router";
import { apiDocument } from "./document.ts";
import { type AccessDeps, whoCalls } from "./guard.ts";

/** `GET /api/v1/openapi.json`: for whoever has a token, whatever it may. */
export function openApiRoutes(router: Router, access: AccessDeps): void {
  router.get("/api/v1/openapi.json", async (ctx) => {
    const actor = await whoCalls(ctx, access);
    if (actor) ctx.body = apiDocument;
  });
}

import type { Context, Next } from "koa";
import { refuseApi } from "./answers.ts";

/** What the router leaves behind: the routes whose path fits, whatever their method. */
interface Matched {
  matched?: readonly { methods: readonly string[] }[];
}

const BELOW_API = /^\/api(?:\/|$)/;

/** Answers what is below `/api` and no route took, as errors of the API are answered. Stands behind the router. */
export async function unknownApi(ctx: Context & Matched, next: Next): Promise<void> {
  if (!BELOW_API.test(ctx.path)) return next();
  const methods = [...new Set((ctx.matched ?? []).flatMap((route) => route.methods))].sort().join(", ");
  if (methods === "") {
    const message = "没有这个地址，见 /api/v1/openapi.json (no such address: see /api/v1/openapi.json)";
    return refuseApi(ctx, 404, { code: "unknown_path", message });
  }
  ctx.set("Allow", methods);
  const message = `这个地址只接受 ${methods} (this address takes ${methods} alone)`;
  refuseApi(ctx, 405, { code: "method_not_allowed", message });
}

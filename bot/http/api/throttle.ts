import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { type AccessObject, objectOfRule } from "../../../core/people/index.ts";
import type { ThrottleStore } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import { type BucketView, keyOwner } from "../../../core/throttle/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";

export interface ThrottleDeps extends ApiDeps {
  throttle: Pick<ThrottleStore, "show">;
  rules: () => readonly Rule[];
}

/** `GET /api/v1/throttle/:key`: a bucket as last judged, for whoever may read its rule, or all rules of a shared one. */
export function throttleRoutes(router: Router, deps: ThrottleDeps): void {
  router.get(
    "/api/v1/throttle/:key",
    answering(deps.log, (ctx: RouterContext) => show(ctx, deps)),
  );
}

async function show(ctx: RouterContext, { guard, throttle, rules }: ThrottleDeps): Promise<void> {
  const key = ctx.params["key"] ?? "";
  const caller = await guard(ctx, "rules.read", "some");
  if (caller.outcome === "answered" || !caller.permits(bucketObject(key, rules()))) return;
  const bucket = await throttle.show(key);
  if (bucket) ctx.body = { bucket: shown(bucket) };
  else {
    const message = "没有这个桶：还没有用过，或早已满了 (no such bucket: never used, or full for long)";
    refuseApi(ctx, 404, { code: "unknown_bucket", message });
  }
}

/** What must be readable: the rule's business; of a shared bucket its business, or everything. */
export function bucketObject(key: string, rules: readonly Rule[]): AccessObject {
  const owner = keyOwner(key);
  if (owner.kind === "rule") return objectOfRule(rules.find(({ id }) => id === owner.rule));
  const spec = rules.flatMap(({ shared = [] }) => shared).find(({ name }) => name === owner.name);
  return spec?.by === "business" && owner.of !== undefined ? { business: owner.of } : {};
}

function shown({ nextAtMs, ...bucket }: BucketView) {
  return { ...bucket, nextAt: new Date(nextAtMs).toISOString() };
}

import type { Context, Middleware } from "koa";
import { LRUCache } from "lru-cache";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import {
  bilingual,
  GATEWAY_REFUSALS,
  matchRoute,
  type RouteClass,
  readGatewayPath,
  readQuery,
} from "../../core/gateway/index.ts";
import { type Actor, actorName, authorise, type Right, scopeOf } from "../../core/people/index.ts";
import { startAlias } from "./alias-runs.ts";
import { fault } from "./answers.ts";
import { readExecution } from "./executions.ts";
import { listByKey, listByTime, listJoined } from "./lists.ts";
import { streamOutput } from "./output-stream.ts";
import { logIn, tellUser, validate, whoCalls } from "./own.ts";
import type { Ask, GatewayDeps, GatewayParts, Owner } from "./parts.ts";
import { readCluster, readOne } from "./pass.ts";
import { streamEvents } from "./streams.ts";
import { controlExecution, rerunExecution, startExecution } from "./writes.ts";

const OWNERS_KEPT = 100_000;

/** StackStorm's own API over all clusters, below `/st2`; what lies elsewhere goes on to the next. */
export function createGateway(deps: GatewayDeps): Middleware {
  const parts: GatewayParts = { ...deps, owners: new LRUCache<string, Owner>({ max: OWNERS_KEPT }) };
  return async (ctx, next) => {
    const [raw = "", search = ""] = splitUrl(ctx.req.url ?? "/");
    const path = readGatewayPath(raw);
    if (path.outcome === "elsewhere") return next();
    ctx.set("Cache-Control", "no-store");
    if (path.outcome === "refused") return fault(ctx, 400, path.message);
    try {
      await route(ctx as Context, { ...path, search }, parts);
    } catch (error) {
      parts.log.error({ err: error, reason: errorText(error), path: path.path }, "gateway call failed");
      const known = isChatOpsError(error) && error.retryable;
      fault(
        ctx as Context,
        known ? 503 : 500,
        bilingual("内部错误，详见日志", "an internal error, see the log"),
      );
    }
  };
}

function splitUrl(url: string): [path: string, search: string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

interface Going {
  path: string;
  cluster?: string;
  search: string;
}

const METHODS = ["GET", "POST", "PUT", "DELETE"];

async function route(ctx: Context, { path, cluster, search }: Going, parts: GatewayParts): Promise<void> {
  const { method } = ctx;
  if (!METHODS.includes(method))
    return fault(ctx, 405, bilingual("不支持这个方法", `method ${method} is not allowed`));
  const query = readQuery(new URLSearchParams(search));
  if (query.outcome === "refused") return fault(ctx, query.status, query.message);
  const match = matchRoute(method, path);
  if (!match) return fault(ctx, 404, bilingual("没有这个地址", "The resource could not be found."));
  const { class: kind } = match.route;
  if (kind.kind === "own" && kind.what === "login") return logIn(ctx, parts);
  if (kind.kind === "own" && kind.what === "validate") return validate(ctx, parts);
  const actor = await callerOf(ctx, parts);
  if (!actor) return;
  if (kind.kind === "own") return tellUser({ ctx, actor }, parts);
  if (kind.kind === "refused") {
    parts.metrics.count("gateway_refused", { reason: kind.reason });
    return fault(ctx, 403, GATEWAY_REFUSALS[kind.reason]);
  }
  const right = match.route.right;
  if (right === null || !isAllowed(ctx, { actor, right, parts })) return;
  const named = cluster ?? query.cluster;
  const [, service = "", ...rest] = path.split("/");
  await handle(
    {
      ...{ ctx, match, actor, who: actorName(actor), query: query.query, path: `/${rest.join("/")}` },
      ...{ service: service as Ask["service"], scope: scopeOf(actor, right) },
      ...(named === undefined ? {} : { cluster: named }),
    },
    kind,
    parts,
  );
}

async function callerOf(ctx: Context, parts: GatewayParts): Promise<Actor | null> {
  const identity = await whoCalls(ctx, parts);
  if (identity.outcome === "identified") return identity.actor;
  parts.metrics.count("access_refused", { reason: identity.reason, right: "-" });
  const en = `Unauthorized - ${identity.reason}: send a token of Whale as X-Auth-Token or St2-Api-Key`;
  fault(ctx, 401, bilingual(`Unauthorized - 请用 X-Auth-Token 或 St2-Api-Key 带上鲸的令牌`, en));
  return null;
}

function isAllowed(
  ctx: Context,
  { actor, right, parts }: { actor: Actor; right: Right; parts: GatewayParts },
): boolean {
  const decision = authorise(actor, right, "some");
  if (decision.outcome === "allowed") return true;
  const { reason, message } = decision;
  parts.metrics.count("access_refused", { reason, right });
  parts.log.warn({ reason, right, by: actorName(actor) }, "access refused");
  fault(ctx, 403, bilingual(message.zh, message.en));
  return false;
}

type Handled = Exclude<RouteClass, { kind: "own" | "refused" }>;

function handle(ask: Ask, kind: Handled, parts: GatewayParts): Promise<void> | void {
  switch (kind.kind) {
    case "execution":
      return readExecution(ask, parts);
    case "one":
      return readOne(ask, parts);
    case "cluster":
      return readCluster(ask, parts);
    case "by_time":
      return listByTime(ask, kind, parts);
    case "by_key":
      return listByKey(ask, kind, parts);
    case "joined":
      return listJoined(ask, kind, parts);
    case "control":
      return controlExecution(ask, parts);
    case "start":
      if (kind.what === "execution") return startExecution(ask, parts);
      return kind.what === "rerun" ? rerunExecution(ask, parts) : startAlias(ask, kind.what, parts);
    case "stream":
      return kind.what === "output" ? streamOutput(ask, parts) : streamEvents(ask, parts);
    default:
      return kind satisfies never;
  }
}

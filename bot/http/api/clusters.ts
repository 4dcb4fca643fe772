import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import {
  type Cluster,
  ORDER_FAULTS,
  type OrderFault,
  readDrainOrder,
  sightMessage,
} from "../../../core/clusters/index.ts";
import { inScope } from "../../../core/people/index.ts";
import type { Fleet } from "../../clusters/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface ClusterDeps extends ApiDeps {
  fleet: Fleet;
  clusters: () => readonly Cluster[];
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: ClusterDeps) => Promise<void>;

const ALL = "/api/v1/clusters";

/** Clusters over REST: how they stand, draining and undraining one. */
export function clusterRoutes(router: Router, deps: ClusterDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  router.get(ALL, answered(list));
  router.get(`${ALL}/:name`, answered(one));
  router.post(`${ALL}/:name/drain`, answered(drain));
  router.post(`${ALL}/:name/undrain`, answered(undrain));
}

async function list(ctx: RouterContext, deps: ClusterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.read", "some");
  if (caller.outcome === "answered") return;
  const seen = deps.clusters().filter(({ name }) => inScope(caller.scope, { clusters: [name] }));
  ctx.body = { clusters: await Promise.all(seen.map((cluster) => shown(cluster, deps))) };
}

async function one(ctx: RouterContext, deps: ClusterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.read", "some");
  if (caller.outcome === "answered") return;
  const cluster = clusterOf(ctx, caller, deps);
  if (cluster) ctx.body = await shown(cluster, deps);
}

/** Null when the request has been answered. */
function clusterOf(ctx: RouterContext, caller: LetIn, { clusters }: ClusterDeps): Cluster | null {
  const name = ctx.params["name"] ?? "";
  if (!caller.permits({ clusters: [name] })) return null;
  const found = clusters().find((cluster) => cluster.name === name);
  if (found) return found;
  refuseApi(ctx, 404, { code: "unknown_cluster", message: "没有这个集群 (there is no such cluster)" });
  return null;
}

async function shown({ name, zone, businesses, priority }: Cluster, { fleet }: ClusterDeps) {
  const { sinceMs, ...sight } = await fleet.sightOf(name);
  const drain = fleet.drains.current().get(name) ?? null;
  const message = sightMessage(sight, drain);
  const { state, open, version } = sight;
  const told = {
    state,
    open,
    ...(version === undefined ? {} : { version }),
    ...(message ? { message } : {}),
  };
  const left = drain && !drain.done ? await fleet.drains.counts(name) : null;
  const since = new Date(sinceMs).toISOString();
  return { name, zone: zone ?? null, businesses, priority, ...told, since, drain, left };
}

function refuseOrder(ctx: RouterContext, fault: OrderFault): void {
  const { zh, en } = ORDER_FAULTS[fault];
  refuseApi(ctx, 422, { code: fault, message: `${zh} (${en})` });
}

async function drain(ctx: RouterContext, deps: ClusterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.write", "some");
  if (caller.outcome === "answered") return;
  const cluster = clusterOf(ctx, caller, deps);
  const body = cluster && (await jsonBody(ctx, deps.readJson));
  if (!cluster || !body) return;
  const read = readDrainOrder(body);
  if (read.outcome === "refused") return refuseOrder(ctx, read.fault);
  const answer = await deps.fleet.drains.order(cluster.name, read.order, caller.who);
  if (answer.outcome !== "refused") {
    ctx.status = answer.outcome === "drained" ? 201 : 200;
    ctx.body = await shown(cluster, deps);
    return;
  }
  const businesses = answer.reason === "stranded" ? answer.businesses : [];
  const message = `这些业务会没有可用的集群 (these businesses would have no cluster left): ${businesses.join(" ")}`;
  refuseApi(ctx, 409, { code: answer.reason, message, businesses });
}

async function undrain(ctx: RouterContext, deps: ClusterDeps): Promise<void> {
  const caller = await deps.guard(ctx, "clusters.write", "some");
  if (caller.outcome === "answered") return;
  const cluster = clusterOf(ctx, caller, deps);
  const body = cluster && (await jsonBody(ctx, deps.readJson));
  if (!cluster || !body) return;
  const { skip } = body;
  if (skip !== undefined && (typeof skip !== "string" || skip.trim() === "")) {
    return refuseOrder(ctx, "no_reason");
  }
  const answer = await deps.fleet.drains.lift(cluster.name, caller.who, skip);
  if (answer.outcome === "undrained") {
    ctx.body = await shown(cluster, deps);
    return;
  }
  const message =
    answer.reason === "canary_failed"
      ? `试运行没有成功，仍在排空 (its canary failed, it stays drained): ${answer.message}`
      : "它没有在排空 (it is not drained)";
  refuseApi(ctx, 409, { code: answer.reason, message });
}

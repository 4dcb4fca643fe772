import type { IncomingMessage } from "node:http";
import type { Context } from "koa";
import type { LRUCache } from "lru-cache";
import type { ClusterSights } from "../../core/clusters/index.ts";
import type { RouteMatch, SeenCluster } from "../../core/gateway/index.ts";
import type { ShowRun } from "../../core/pages/index.ts";
import type { Actor, Scope } from "../../core/people/index.ts";
import type {
  Audit,
  DoorRequest,
  Executor,
  Ids,
  Logger,
  Metrics,
  TaskStore,
} from "../../core/ports/index.ts";
import type { RunDesk } from "../../core/runs/index.ts";
import type { IdentityDeps, LongAnswers, ReadJson } from "../http/index.ts";
import type { TaskOrders } from "../orders/index.ts";
import type { AliasBook } from "../runs/index.ts";

/** The raw way to clusters: their credentials are put in behind it. Throws when a cluster gives no answer. */
export interface Door {
  forward(cluster: string, request: DoorRequest): Promise<IncomingMessage>;
}

/** What the gateway stands on. */
export interface GatewayDeps {
  door: Door;
  clusters: () => readonly SeenCluster[];
  /** How they stand. One that is down is not asked: a client would wait for it in vain. */
  sights: () => ClusterSights;
  identity: IdentityDeps;
  tasks: Pick<TaskStore, "get" | "findByPrefix" | "list">;
  orders: Pick<TaskOrders, "control" | "retry">;
  executor: Pick<Executor, "control">;
  desk: RunDesk;
  /** The chat commands of all clusters. */
  aliases: Pick<AliasBook, "current">;
  audit: Pick<Audit, "append">;
  longAnswers: Pick<LongAnswers, "keep">;
  ids: Ids;
  readJson: ReadJson;
  log: Logger;
  metrics: Metrics;
  /** What may be seen of what tasks run. */
  shown: ShowRun;
}

/** Where an execution is, and whether Whale started it. */
export interface Owner {
  cluster: string;
  taskId: string | null;
}

/** The same with what the gateway remembers. */
export interface GatewayParts extends GatewayDeps {
  /** By the id of the execution: an execution never moves. */
  owners: LRUCache<string, Owner>;
}

/** One request that is let in. */
export interface Ask {
  ctx: Context;
  match: RouteMatch;
  /** `/v1/…`, as the service behind has it. */
  path: string;
  service: "api" | "stream";
  query: URLSearchParams;
  /** The cluster that the caller names. */
  cluster?: string;
  actor: Actor;
  who: string;
  /** What the route's right reaches. */
  scope: Scope;
}

import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import type { Cluster } from "../../core/clusters/index.ts";
import type {
  ActionCatalog,
  ActionLists,
  Clock,
  DoorRequest,
  Executor,
  Logger,
  Metrics,
  PackVersions,
} from "../../core/ports/index.ts";
import { createOpenOutbound } from "../outbound/index.ts";
import { listActions } from "./action-list.ts";
import { readAction } from "./actions.ts";
import { aliases } from "./aliases.ts";
import { checkNames, readOptions, type StackStormOptions } from "./config.ts";
import { type ClientParts, type Connection, connect } from "./connection.ts";
import { control } from "./control.ts";
import { unknownCluster } from "./errors.ts";
import { find, unclaimed } from "./find.ts";
import { forward } from "./forward.ts";
import { answer, inquiries } from "./inquiries.ts";
import { readPack } from "./pack-read.ts";
import { retryPolicies } from "./policies.ts";
import { busy, canary, probe, unknownProbe } from "./probe.ts";
import { children, get, list, output } from "./reads.ts";
import { rerun, reruns } from "./rerun.ts";
import { result } from "./result.ts";
import { start } from "./start.ts";
import { tail } from "./tail.ts";
import { type WatchOptions, watch } from "./watch.ts";

/** What the client is made of. */
export interface StackStormParts {
  clusters: readonly Cluster[];
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  options?: Partial<StackStormOptions>;
  /** Resolves the names in the addresses of clusters; the system when absent. */
  lookup?: LookupFunction;
}

/** StackStorm as an executor. */
export interface StackStorm extends Executor, ActionCatalog, ActionLists, PackVersions {
  /** Hands a request of StackStorm's own API on to a cluster, with its credentials. Throws when there is no answer. */
  forward(cluster: string, request: DoorRequest): Promise<IncomingMessage>;
  /** Ends the streams and closes the connections; calls that wait fail. */
  close(): void;
}

/**
 * Makes the client of all clusters. Nothing is sent before the first call. Throws `stackstorm.bad_config` on a
 * value that cannot be, naming cluster and field.
 */
export function createStackStorm(given: StackStormParts): StackStorm {
  const { clock, log, metrics, lookup } = given;
  const parts: ClientParts = {
    clock,
    log,
    metrics,
    options: readOptions(given.options),
    ...(lookup ? { lookup } : {}),
  };
  checkNames(given.clusters);
  const connections = new Map(given.clusters.map((cluster) => [cluster.name, connect(cluster, parts)]));
  const closing = new AbortController();
  const { streamSilenceMs: timeoutMs, maxResponseBytes } = parts.options;
  const opened = createOpenOutbound({ name: "stackstorm", timeoutMs, maxResponseBytes });
  return {
    ...startsOf(connections, parts),
    ...readsOf(connections, parts),
    ...looksOf(connections, parts),
    readAction: async (cluster, action) => {
      const connection = connections.get(cluster);
      if (connection) return readAction(connection, action);
      return { outcome: "unreachable", message: unknownCluster(cluster).message };
    },
    listActions: async (cluster) => {
      const connection = connections.get(cluster);
      if (connection) return listActions(connection);
      return { outcome: "unreachable", cluster, message: unknownCluster(cluster).message };
    },
    readPack: async (cluster, pack) => {
      const connection = connections.get(cluster);
      if (connection) return readPack(connection, pack);
      return { outcome: "unreachable", message: unknownCluster(cluster).message };
    },
    tail: async ({ cluster, executionId }, onText, signal) => {
      const connection = connections.get(cluster);
      if (!connection) return { outcome: "cut", message: unknownCluster(cluster).message };
      const any = AbortSignal.any([signal, closing.signal]);
      return tail(connection, executionId, { onText, signal: any, parts });
    },
    watch: (cluster, onHint, signal, onProven) => {
      const any = AbortSignal.any([signal, closing.signal]);
      const watching = { cluster, onHint, signal: any, ...(onProven ? { onProven } : {}) };
      return watchOne(connections.get(cluster), watching, parts);
    },
    result: async (cluster, id) => {
      const connection = connections.get(cluster);
      if (!connection) throw unknownCluster(cluster);
      return result(connection, id, opened);
    },
    forward: async (cluster, request) => {
      const connection = connections.get(cluster);
      if (!connection) throw unknownCluster(cluster);
      return forward(connection, request, opened);
    },
    close: () => {
      closing.abort();
      opened.close();
      for (const connection of connections.values()) connection.close();
    },
  };
}

type Connections = ReadonlyMap<string, Connection>;

type Starts = Pick<Executor, "start" | "rerun" | "find" | "control" | "answer">;

function startsOf(connections: Connections, parts: ClientParts): Starts {
  return {
    start: async (request) => {
      const connection = connections.get(request.cluster);
      if (connection) return start(connection, request, parts);
      return { outcome: "not_sent", message: unknownCluster(request.cluster).message };
    },
    rerun: async (request) => {
      const connection = connections.get(request.cluster);
      if (connection) return rerun(connection, request, parts);
      return { outcome: "not_sent", message: unknownCluster(request.cluster).message };
    },
    answer: async (to) => {
      const connection = connections.get(to.cluster);
      if (connection) return answer(connection, to, parts);
      return { outcome: "open", message: unknownCluster(to.cluster).message };
    },
    find: async (query) => {
      const connection = connections.get(query.cluster);
      if (connection) return find(connection, query, parts);
      return { outcome: "unreachable", message: unknownCluster(query.cluster).message };
    },
    control: async (order) => {
      const connection = connections.get(order.cluster);
      if (connection) return control(connection, order, parts);
      return { outcome: "open", message: unknownCluster(order.cluster).message };
    },
  };
}

type Reads = Pick<
  Executor,
  "get" | "list" | "children" | "output" | "unclaimed" | "reruns" | "retryPolicies" | "inquiries" | "aliases"
>;

function readsOf(connections: Connections, parts: ClientParts): Reads {
  const at = (cluster: string): Connection => {
    const connection = connections.get(cluster);
    if (!connection) throw unknownCluster(cluster);
    return connection;
  };
  return {
    unclaimed: async (query) => unclaimed(at(query.cluster), query, parts),
    reruns: async (query) => reruns(at(query.cluster), query),
    inquiries: async (cluster) => inquiries(at(cluster)),
    retryPolicies: async (cluster, action) => retryPolicies(at(cluster), action),
    aliases: async (cluster) => aliases(at(cluster)),
    get: async (cluster, id) => get(at(cluster), id, parts),
    list: async (cluster, ids) => list(at(cluster), ids, parts),
    children: async (cluster, id) => children(at(cluster), id, parts),
    output: async (cluster, id) => output(at(cluster), id),
  };
}

type Looks = Pick<Executor, "probe" | "canary" | "busy">;

function looksOf(connections: Connections, parts: ClientParts): Looks {
  return {
    probe: async (cluster) => {
      const connection = connections.get(cluster);
      return connection ? probe(connection, parts) : unknownProbe(cluster);
    },
    canary: async (cluster, withinMs) => {
      const connection = connections.get(cluster);
      if (connection) return canary(connection, withinMs, parts);
      return { outcome: "failed", message: unknownCluster(cluster).message };
    },
    busy: async (cluster) => {
      const connection = connections.get(cluster);
      if (!connection) throw unknownCluster(cluster);
      return busy(connection);
    },
  };
}

interface Watching extends WatchOptions {
  cluster: string;
  onHint: Parameters<Executor["watch"]>[1];
}

async function watchOne(
  connection: Connection | undefined,
  { cluster, onHint, ...options }: Watching,
  parts: ClientParts,
): Promise<void> {
  if (connection) return watch(connection, onHint, { ...options, parts });
  const { signal } = options;
  parts.log.error({ cluster }, "a cluster that is not configured cannot be watched");
  // Whoever watches comes back when this returns: waiting keeps that from becoming a loop.
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

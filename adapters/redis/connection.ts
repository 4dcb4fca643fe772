import { Cluster, Redis, type RedisOptions } from "ioredis";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import { type RedisServers, type RedisStoreConfig, serversText } from "./config.ts";
import { unreachableError } from "./errors.ts";

/** One client over all servers of the store. */
export type Client = Redis | Cluster;

const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 1_000;

function retryDelayMs(times: number): number {
  return Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(times, 10));
}

/**
 * Makes a client that keeps connecting by itself. A call that was sent when the connection broke fails at once
 * and is not sent again by the client: only its caller knows whether that helps.
 */
export function makeClient(config: RedisStoreConfig, name: string): Client {
  const client = clientOf(config.servers, optionsOf(config, name));
  client.on("error", onceEach(config.log, serversText(config.servers)));
  return client;
}

/** How the server's list of connections names those that work on a store, and those that move it. */
export function connectionName(prefix: string, purpose: "store" | "transfer"): string {
  return `whale/${prefix}/${purpose}`;
}

function optionsOf(config: RedisStoreConfig, connectionName: string) {
  const { username, password, tls, caPem, timeoutMs } = config;
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: caPem === undefined ? {} : { ca: caPem } } : {}),
    protocol: 2,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A peer that went without a word is given up, so that the next call meets a new connection.
    socketTimeout: 2 * timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retryDelayMs,
    // A master that became a replica answers READONLY; the sentinels know the new one by then.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    connectionName,
    disableClientInfo: true,
  } satisfies RedisOptions;
}

type Options = ReturnType<typeof optionsOf>;

function clientOf(servers: RedisServers, options: Options): Client {
  switch (servers.kind) {
    case "standalone":
      return new Redis({ ...options, host: servers.host, port: servers.port, db: servers.db ?? 0 });
    case "sentinel":
      return new Redis({
        ...options,
        name: servers.name,
        sentinels: servers.sentinels.map(({ host, port }) => ({ host, port })),
        sentinelRetryStrategy: retryDelayMs,
        ...("tls" in options ? { sentinelTLS: options.tls, enableTLSForSentinelMode: true } : {}),
        db: servers.db ?? 0,
        ...(servers.sentinelPassword === undefined ? {} : { sentinelPassword: servers.sentinelPassword }),
      });
    case "cluster":
      return clusterOf(servers.nodes, options);
    default:
      return servers satisfies never;
  }
}

function clusterOf(nodes: Extract<RedisServers, { kind: "cluster" }>["nodes"], options: Options): Cluster {
  const { retryStrategy: _, enableOfflineQueue: __, socketTimeout: ___, ...each } = options;
  return new Cluster(
    nodes.map(({ host, port }) => ({ host, port })),
    {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryDelayMs,
      redisOptions: each,
    },
  );
}

/** A server that is down is told once, not at each try to connect. */
function onceEach(log: Logger, servers: string): (error: Error) => void {
  let last = "";
  return (error) => {
    const reason = errorText(error);
    if (reason === last) return;
    last = reason;
    log.warn({ servers, reason }, "the connection to Redis failed");
  };
}

/** Whether a call would be sent now. */
export function isReady(client: Client): boolean {
  if (client.status !== "ready") return false;
  // A connection that broke is still called ready for a moment.
  return client instanceof Cluster || client.stream.writable;
}

/**
 * Resolves once the client may be called; rejects with `store.unreachable` when that takes too long. Give each client
 * one of these: calls that wait at the same time wait together.
 */
export function readiness(client: Client, config: RedisStoreConfig): () => Promise<void> {
  let waiting: Promise<void> | null = null;
  return () => {
    if (isReady(client)) return Promise.resolve();
    if (client.status === "wait") client.connect().catch(() => undefined);
    waiting ??= untilReady(client, config).finally(() => {
      waiting = null;
    });
    return waiting;
  };
}

function untilReady(client: Client, config: RedisStoreConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    let cause: unknown;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      client.off("ready", onReady).off("error", onError).off("end", onEnd);
      settle();
    };
    const fail = (): void => finish(() => reject(unreachableError(serversText(config.servers), cause)));
    const onReady = (): void => finish(resolve);
    const onEnd = (): void => fail();
    const onError = (error: unknown): void => {
      cause = error;
    };
    const timer = setTimeout(fail, config.timeoutMs);
    client.on("ready", onReady).on("error", onError).on("end", onEnd);
  });
}

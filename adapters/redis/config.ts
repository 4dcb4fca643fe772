import type { Clock, Logger } from "../../core/ports/index.ts";
import { optionError } from "./errors.ts";

/** Where a server listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** How the servers stand together. */
export type RedisServers =
  | ({ kind: "standalone"; db?: number } & Endpoint)
  /** Sentinels that know which server is the master of `name`. */
  | { kind: "sentinel"; name: string; sentinels: readonly Endpoint[]; sentinelPassword?: string; db?: number }
  /** Some nodes of a Redis Cluster; the others are learnt from them. */
  | { kind: "cluster"; nodes: readonly Endpoint[] };

/** What the store on Redis needs. */
export interface RedisStoreOptions {
  servers: RedisServers;
  log: Logger;
  /** User of the server's access list; the default user when absent. */
  username?: string;
  password?: string;
  /** Speak TLS to the servers. Default false. */
  tls?: boolean;
  /** Certificates, in PEM, to trust instead of the system's. */
  caPem?: string;
  /** Time for leases and due times; the server's own when absent, as several processes need it. */
  clock?: Clock;
  /** Before each key; another prefix is another store. Default `whale:1:`. */
  prefix?: string;
  /** Partitions of a new journal, 1 to 1024; data that exists keeps its own number. Default 8. */
  partitions?: number;
  /** How long the same delivery key counts as the same delivery, in milliseconds. Default 5 minutes. */
  dedupeWindowMs?: number;
  /**
   * Names this process in leases. What a process of the same name left held is free once the store is open: no two
   * that run may have one name. Without a name, what a process left held waits until its leases run out.
   */
  holder?: string;
  /** How long a call may take, waiting for the server included, in milliseconds. Default 5 s. */
  timeoutMs?: number;
  /** How long a replica may take to confirm a write, in milliseconds. Default 1 s. */
  replicaTimeoutMs?: number;
}

/** The same, with the defaults filled in. */
export interface RedisStoreConfig extends RedisStoreOptions {
  prefix: string;
  partitions: number;
  dedupeWindowMs: number;
  timeoutMs: number;
  replicaTimeoutMs: number;
}

/** Fills in the defaults. Throws `store.bad_option`, naming option and value. */
export function readConfig(options: RedisStoreOptions): RedisStoreConfig {
  const { prefix = "whale:1:", partitions = 8, dedupeWindowMs = 300_000 } = options;
  const { timeoutMs = 5_000, replicaTimeoutMs = 1_000 } = options;
  if (!/^[\w:.-]+$/.test(prefix)) {
    throw optionError("prefix", JSON.stringify(prefix), "letters, digits and any of : . _ -");
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1024) {
    throw optionError("partitions", partitions, "a whole number from 1 to 1024");
  }
  checkMilliseconds({ dedupeWindowMs, timeoutMs, replicaTimeoutMs });
  checkServers(options.servers);
  return { ...options, prefix, partitions, dedupeWindowMs, timeoutMs, replicaTimeoutMs };
}

function checkMilliseconds(values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value) || value <= 0)
      throw optionError(name, value, "a positive number of milliseconds");
  }
}

function checkServers(servers: RedisServers): void {
  const [name, endpoints] = endpointsOf(servers);
  if (endpoints.length === 0) throw optionError(`servers.${name}`, "empty", "at least one host and port");
  for (const { host, port } of endpoints) {
    if (host === "") throw optionError(`servers.${name}.host`, '""', "a host name or address");
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw optionError(`servers.${name}.port`, port, "a port number from 1 to 65535");
    }
  }
  if (servers.kind === "sentinel" && servers.name === "") {
    throw optionError("servers.name", '""', "the master's name as the sentinels know it");
  }
  const db = servers.kind === "cluster" ? 0 : (servers.db ?? 0);
  if (!Number.isInteger(db) || db < 0) throw optionError("servers.db", db, "a whole number from 0");
}

function endpointsOf(servers: RedisServers): [name: string, endpoints: readonly Endpoint[]] {
  switch (servers.kind) {
    case "standalone":
      return ["standalone", [servers]];
    case "sentinel":
      return ["sentinels", servers.sentinels];
    case "cluster":
      return ["nodes", servers.nodes];
    default:
      return servers satisfies never;
  }
}

/** The servers as people name them; never with a password. */
export function serversText(servers: RedisServers): string {
  const [, endpoints] = endpointsOf(servers);
  return endpoints.map(({ host, port }) => `${host}:${port}`).join(", ");
}

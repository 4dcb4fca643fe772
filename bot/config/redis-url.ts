import type { Endpoint, RedisServers } from "../../adapters/redis/index.ts";

/** What a `REDIS_URL` says, or why it says nothing. */
export type RedisUrl =
  | { outcome: "read"; servers: RedisServers; tls: boolean }
  | { outcome: "refused"; message: string };

const SHAPE = /^(redis|rediss)(?:-(sentinel|cluster))?:\/\/([^/?#]*)(?:\/([^?#]*))?$/;
const DEFAULT_PORT = 6379;
const SENTINEL_PORT = 26_379;
const LAST_DB = 1_000_000;

const FORMS =
  "要写成 (write) redis://host:6379/0, redis-sentinel://host1,host2/master-name 或 (or) redis-cluster://host1,host2；TLS 用 (for TLS) rediss…";
const CREDENTIALS =
  "用户名和密码写到 REDIS_USER、REDIS_PASSWORD，不写在地址里 (user and password go to REDIS_USER and REDIS_PASSWORD, not into the address)";
const ONE_SERVER =
  "redis:// 只写一台；多台用 redis-cluster:// 或 redis-sentinel:// (one server; for several write redis-cluster:// or redis-sentinel://)";
const NO_NAME = "缺少主节点名，如 redis-sentinel://host1,host2/master-name (the master's name is missing)";
const NO_DB = "库号要填整数；集群没有库号 (the database is a whole number; a cluster has none)";

/** Reads the one form in which servers are named: the scheme says how they stand together. */
export function readRedisUrl(text: string): RedisUrl {
  const [, scheme, kind, hosts = "", path = ""] = SHAPE.exec(text) ?? [];
  if (scheme === undefined) return refused(FORMS);
  if (hosts.includes("@")) return refused(CREDENTIALS);
  const endpoints = hosts
    .split(",")
    .map((host) => endpointOf(host, kind === "sentinel" ? SENTINEL_PORT : DEFAULT_PORT));
  if (!endpoints.every((one) => one !== null)) return refused(FORMS);
  const servers = serversOf(kind, endpoints, path);
  return typeof servers === "string"
    ? refused(servers)
    : { outcome: "read", servers, tls: scheme === "rediss" };
}

function serversOf(kind: string | undefined, endpoints: Endpoint[], path: string): RedisServers | string {
  const [first, ...others] = endpoints;
  if (kind === "cluster") return path === "" ? { kind, nodes: endpoints } : NO_DB;
  const [name = "", number = ""] = kind === "sentinel" ? path.split("/") : ["", path];
  const db = number === "" ? 0 : Number(/^\d+$/.exec(number)?.[0] ?? Number.NaN);
  if (!(db <= LAST_DB)) return NO_DB;
  if (kind === "sentinel") return name === "" ? NO_NAME : { kind, name, sentinels: endpoints, db };
  if (!first || others.length > 0) return ONE_SERVER;
  return { kind: "standalone", ...first, db };
}

function endpointOf(text: string, defaultPort: number): Endpoint | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}

function refused(message: string): RedisUrl {
  return { outcome: "refused", message };
}

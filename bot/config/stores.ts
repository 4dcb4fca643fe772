import type { ElasticsearchOptions } from "../../adapters/elasticsearch/index.ts";
import type { RedisStoreOptions } from "../../adapters/redis/index.ts";
import type { ConfigReader } from "./reader.ts";
import { readRedisUrl } from "./redis-url.ts";

type RedisConfig = Omit<RedisStoreOptions, "log" | "clock">;
type ElasticsearchConfig = Omit<ElasticsearchOptions, "log">;

/** The stores of the process: its own files, or Redis and Elasticsearch, which several processes share. */
export type StoresConfig =
  | { kind: "embedded" }
  | { kind: "production"; redis: RedisConfig; elasticsearch: ElasticsearchConfig };

const BOTH = { REDIS_URL: "ELASTICSEARCH_URL", ELASTICSEARCH_URL: "REDIS_URL" } as const;

/** Production when both servers are named, embedded when neither is; one without the other is a fault. */
export function readStores(read: ConfigReader): StoresConfig {
  const given = (["REDIS_URL", "ELASTICSEARCH_URL"] as const).filter((name) => read.given(name));
  const [one] = given;
  if (one === undefined) return { kind: "embedded" };
  if (given.length === 1) {
    const message = `设置了 ${one}，就必须也设置它：生产环境需要 Redis 和 Elasticsearch 两者；都不设置则用内嵌存储 (required beside ${one}: production needs both Redis and Elasticsearch; with neither the embedded stores are used)`;
    read.fault(BOTH[one], "", message);
  }
  return { kind: "production", redis: redisConfig(read), elasticsearch: elasticsearchConfig(read) };
}

/** What of the stores must never be seen in a log line. */
export function secretsOfStores(stores: StoresConfig): string[] {
  if (stores.kind === "embedded") return [];
  const { redis, elasticsearch } = stores;
  const sentinel = redis.servers.kind === "sentinel" ? redis.servers.sentinelPassword : undefined;
  const { auth } = elasticsearch;
  const ofElasticsearch = auth.kind === "apiKey" ? auth.apiKey : auth.kind === "basic" ? auth.password : "";
  return [redis.password, sentinel, ofElasticsearch].flatMap((secret) => secret || []);
}

/** The stores in one line, for people. */
export function storesText(stores: StoresConfig): string {
  if (stores.kind === "embedded")
    return "内嵌存储，单进程 (embedded stores, one process); 多进程请设置 REDIS_URL 和 ELASTICSEARCH_URL (set both for several processes)";
  const { redis, elasticsearch } = stores;
  return `Redis (${redis.servers.kind}) + Elasticsearch ${elasticsearch.urls.join(", ")}`;
}

function redisConfig(read: ConfigReader): RedisConfig {
  const text = read.given("REDIS_URL");
  const url = readRedisUrl(text);
  // An address with a password in it is a fault that must not be shown.
  if (text && url.outcome === "refused") read.fault("REDIS_URL", text.includes("@") ? "" : text, url.message);
  const named = url.outcome === "read" ? url : NOWHERE;
  const username = read.given("REDIS_USER");
  const password = read.secret("REDIS_PASSWORD");
  if (username && !password)
    read.fault("REDIS_PASSWORD", "", "设置了 REDIS_USER 就必须给出 (required beside REDIS_USER)");
  return {
    servers: withSentinelPassword(named.servers, read.secret("REDIS_SENTINEL_PASSWORD")),
    tls: named.tls,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...caOf(read, "REDIS_CA_FILE"),
    prefix: read.matching("REDIS_PREFIX", { fallback: "whale:1:", ...REDIS_PREFIX }),
  };
}

/** Stands in until the fault that was found is told. */
const NOWHERE = { servers: { kind: "standalone" as const, host: "127.0.0.1", port: 1 }, tls: false };
const REDIS_PREFIX = {
  pattern: /^[\w:.-]{1,64}$/,
  wants: "字母、数字和 : . _ - (letters, digits and any of : . _ -)",
};
const ELASTICSEARCH_PREFIX = {
  pattern: /^[a-z][a-z0-9-]{0,63}$/,
  wants: "小写字母开头，只含小写字母、数字和 - (small letters, digits and hyphens, beginning with a letter)",
};

function withSentinelPassword(
  servers: RedisConfig["servers"],
  sentinelPassword: string,
): RedisConfig["servers"] {
  return servers.kind === "sentinel" && sentinelPassword ? { ...servers, sentinelPassword } : servers;
}

function elasticsearchConfig(read: ConfigReader): ElasticsearchConfig {
  return {
    urls: addresses(read),
    auth: authOf(read),
    ...caOf(read, "ELASTICSEARCH_CA_FILE"),
    prefix: read.matching("ELASTICSEARCH_PREFIX", { fallback: "whale", ...ELASTICSEARCH_PREFIX }),
  };
}

const WRONG_ADDRESS =
  "要写成 https://host:9200，多个用逗号分开 (write https://host:9200, several separated by commas)";
const WITH_CREDENTIALS =
  "用户名和密码写到 ELASTICSEARCH_USER、ELASTICSEARCH_PASSWORD，或用 ELASTICSEARCH_API_KEY，不写在地址里 (credentials go to ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD, or to ELASTICSEARCH_API_KEY, not into the address)";

function addresses(read: ConfigReader): string[] {
  const text = read.given("ELASTICSEARCH_URL");
  const urls = text.split(",").map((one) => one.trim());
  if (text.includes("@")) read.fault("ELASTICSEARCH_URL", "", WITH_CREDENTIALS);
  else if (text && !urls.every(isAddress)) read.fault("ELASTICSEARCH_URL", text, WRONG_ADDRESS);
  return urls;
}

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
}

function authOf(read: ConfigReader): ElasticsearchConfig["auth"] {
  const user = read.given("ELASTICSEARCH_USER");
  const password = read.secret("ELASTICSEARCH_PASSWORD");
  const apiKey = read.secret("ELASTICSEARCH_API_KEY");
  if (apiKey && (user || password)) {
    const message =
      "与 ELASTICSEARCH_USER、ELASTICSEARCH_PASSWORD 只能二选一 (give either this or ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD)";
    read.fault("ELASTICSEARCH_API_KEY", "", message);
  }
  if (apiKey) return apiKeyOf(read, apiKey);
  if (!user && !password) return { kind: "none" };
  if (!user || user.includes(":"))
    read.fault("ELASTICSEARCH_USER", user, "要填不含冒号的用户名 (a name without a colon)");
  if (!password)
    read.fault(
      "ELASTICSEARCH_PASSWORD",
      "",
      "设置了 ELASTICSEARCH_USER 就必须给出 (required beside ELASTICSEARCH_USER)",
    );
  return { kind: "basic", user, password };
}

function apiKeyOf(read: ConfigReader, apiKey: string): ElasticsearchConfig["auth"] {
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    read.fault(
      "ELASTICSEARCH_API_KEY",
      "",
      "不能有空格或非 ASCII 字符 (visible ASCII characters, without spaces)",
    );
  return { kind: "apiKey", apiKey };
}

function caOf(read: ConfigReader, name: string): { caPem?: string } {
  const caPem = read.file(name);
  if (caPem && !caPem.includes("-----BEGIN CERTIFICATE-----"))
    read.fault(name, read.given(name), "文件里没有 PEM 证书 (there is no certificate in PEM in this file)");
  return caPem ? { caPem } : {};
}

import type { Logger } from "../../core/ports/index.ts";
import { badOption } from "./errors.ts";

/** How Whale says who it is. `none` is for a cluster without security, on a machine of one's own. */
export type ElasticsearchAuth =
  | { kind: "apiKey"; apiKey: string }
  | { kind: "basic"; user: string; password: string }
  | { kind: "none" };

/** What the archive in Elasticsearch needs. */
export interface ElasticsearchOptions {
  /** Addresses of one cluster's nodes, http or https, without credentials. At least one. */
  urls: readonly string[];
  auth: ElasticsearchAuth;
  log: Logger;
  /** First part of the names of all indices and templates; small letters, digits and hyphens. Default `whale`. */
  prefix?: string;
  /** How long one request may take, in milliseconds. Default 30 000. */
  requestTimeoutMs?: number;
  /** Certificates, in PEM, to trust instead of the system's. */
  caPem?: string;
  /** The numeric fields of `detail` that can be searched by range, as the event types in force declare them. Default none. */
  numericFields?: () => readonly string[];
  /** Copies of each shard beside the first. Default 1. */
  replicas?: number;
  /** Most bytes of documents in one request. Default 5 000 000. */
  maxBulkBytes?: number;
  /** How often one part of a batch is sent while the cluster says that it is busy. Default 5. */
  maxAttempts?: number;
  /** Upper edge of the first pause before a part is sent again, in milliseconds; doubles. Default 200. */
  backoffBaseMs?: number;
}

/** The same, checked, with the defaults filled in. */
export type ElasticsearchConfig = Required<Omit<ElasticsearchOptions, "caPem">> & { caPem?: string };

const DEFAULTS = {
  prefix: "whale",
  requestTimeoutMs: 30_000,
  replicas: 1,
  numericFields: () => [],
  maxBulkBytes: 5_000_000,
  maxAttempts: 5,
  backoffBaseMs: 200,
};
const LEAST = { requestTimeoutMs: 1, replicas: 0, maxBulkBytes: 1, maxAttempts: 1, backoffBaseMs: 1 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Fills in the defaults. Throws `elasticsearch.bad_option`, naming the option; addresses and secrets are not repeated. */
export function checkOptions(options: ElasticsearchOptions): ElasticsearchConfig {
  const config: ElasticsearchConfig = { ...DEFAULTS, ...options };
  if (config.urls.length === 0) throw badOption("urls", "empty", "one address or more");
  for (const [i, url] of config.urls.entries()) checkUrl(url, i);
  checkAuth(config.auth);
  // What an index may be called, and no wildcard of ours may reach another application's.
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(config.prefix)) {
    throw badOption("prefix", JSON.stringify(config.prefix), "of small letters, digits and hyphens");
  }
  for (const [name, least] of Object.entries(LEAST) as [keyof typeof LEAST, number][]) {
    const value = config[name];
    if (Number.isInteger(value) && value >= least && value <= LONGEST_TIMER_MS) continue;
    throw badOption(name, value, `a whole number from ${least} to ${LONGEST_TIMER_MS}`);
  }
  return config;
}

function checkUrl(text: string, index: number): void {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (isPlain && url.search === "" && url.hash === "") return;
  throw badOption(`urls[${index}]`, "another text", "an http or https address without credentials or query");
}

function checkAuth(auth: ElasticsearchAuth): void {
  if (auth.kind === "none") return;
  if (auth.kind === "apiKey") {
    if (/^[\x21-\x7e]+$/.test(auth.apiKey)) return;
    throw badOption("auth.apiKey", "another text", "of visible ASCII characters, without spaces");
  }
  if (auth.user === "" || auth.user.includes(":")) {
    throw badOption("auth.user", "another text", "a name without a colon");
  }
  if (auth.password === "") throw badOption("auth.password", "empty", "a password");
}

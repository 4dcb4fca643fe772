import { setTimeout as pause } from "node:timers/promises";
import { Client, type estypes, HttpConnection } from "@elastic/elasticsearch";
import { isChatOpsError } from "../../core/errors.ts";
import { createRedactor, nextDelayMs } from "../outbound/index.ts";
import type { ElasticsearchAuth, ElasticsearchConfig } from "./config.ts";
import { clientError } from "./errors.ts";

/** The way to one cluster. */
export interface Connection {
  /** Does one call. Throws a `ChatOpsError` without secrets, naming `what` was done. */
  ask<T>(what: string, call: (client: Client) => Promise<T>): Promise<T>;
  /** The same for what changes nothing: again, with growing pauses, while the cluster is busy or not whole. */
  read<T>(what: string, call: (client: Client) => Promise<T>): Promise<T>;
  /** A search that fails rather than leave out what some shards hold. */
  search(what: string, request: estypes.SearchRequest): Promise<unknown>;
  close(): Promise<void>;
}

/** How long to be patient. */
export type Patience = Pick<ElasticsearchConfig, "maxAttempts" | "backoffBaseMs">;

const LONGEST_PAUSE_MS = 10_000;
const PASSING = ["elasticsearch.busy", "elasticsearch.failed"];

/** Waits before another try; the longer, the more there were. */
export async function pauseAfter(attempt: number, { backoffBaseMs }: Patience): Promise<void> {
  const input = { attempt, baseMs: backoffBaseMs, maxMs: LONGEST_PAUSE_MS, random: Math.random() };
  await pause(nextDelayMs(input));
}

/** Makes the client; nothing is sent before it is asked. */
export function createConnection(config: ElasticsearchConfig): Connection {
  const { urls, auth, requestTimeoutMs, caPem } = config;
  const client = new Client({
    nodes: [...urls],
    ...(auth.kind === "none" ? {} : { auth: authOf(auth) }),
    ...(caPem === undefined ? {} : { tls: { ca: caPem } }),
    requestTimeout: requestTimeoutMs,
    // Who asks decides about another try: a batch is sent in parts, and a reader has a place to go on from.
    maxRetries: 0,
    Connection: HttpConnection,
    redaction: { type: "remove" },
  });
  const redact = createRedactor(secretsOf(auth));
  const ask: Connection["ask"] = async (what, call) => {
    try {
      return await call(client);
    } catch (thrown) {
      throw clientError(what, thrown, redact);
    }
  };
  const read: Connection["read"] = (what, call) => patiently(config, () => ask(what, call));
  return {
    ask,
    read,
    search: (what, request) => {
      const exact = { track_total_hits: false, ...request, allow_partial_search_results: false };
      return read(what, (client) => client.search(exact));
    },
    close: () => client.close(),
  };
}

async function patiently<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const passes = isChatOpsError(thrown) && PASSING.includes(thrown.code);
      if (!passes || attempt === patience.maxAttempts) throw thrown;
    }
    await pauseAfter(attempt, patience);
  }
}

function authOf(auth: Exclude<ElasticsearchAuth, { kind: "none" }>) {
  if (auth.kind === "apiKey") return { apiKey: auth.apiKey };
  return { username: auth.user, password: auth.password };
}

function secretsOf(auth: ElasticsearchAuth): string[] {
  if (auth.kind === "none") return [];
  if (auth.kind === "apiKey") return [auth.apiKey];
  return [auth.password, Buffer.from(`${auth.user}:${auth.password}`).toString("base64")];
}

import { randomUUID } from "node:crypto";
import type { LookupFunction } from "node:net";
import type { Cluster } from "../../core/clusters/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import type { Clock, Logger, Metrics } from "../../core/ports/index.ts";
import {
  type AddressGuard,
  createGuard,
  createOutbound,
  createRedactor,
  type Outbound,
  type OutboundRequest,
  type OutboundResponse,
} from "../outbound/index.ts";
import { type Addresses, addressesOf } from "./addresses.ts";
import { checkCredentials, type StackStormOptions } from "./config.ts";
import { answerError, describeAnswer, faultOf } from "./errors.ts";
import { keySession, passwordSession, type Session } from "./session.ts";

/** What every part of the client is given. */
export interface ClientParts {
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  options: StackStormOptions;
  /** Resolves the names in the addresses of clusters; the system when absent. */
  lookup?: LookupFunction;
}

/** One request to st2api. */
export interface Call {
  /** What it is for: a metric label and the first word of its errors. */
  operation: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the address of st2api, for example `/v1/executions`. */
  path: string;
  query?: OutboundRequest["query"];
  body?: unknown;
  /** Sent as plain text, in place of a body. */
  text?: string;
  responseType?: "json" | "text";
  /** Sent as `X-Request-ID`; a fresh one when absent. */
  requestId?: string;
  /** A start: on a connection of its own, with the time it needs. */
  isStart?: boolean;
  /** Instead of the client's, in milliseconds. */
  timeoutMs?: number;
}

/** The way to one cluster. */
export interface Connection {
  cluster: string;
  addresses: Addresses;
  session: Session;
  /** What its addresses may lead to. */
  guard: AddressGuard;
  /** Sends one request; after a 401 once more with new credentials. Any status is returned, failures throw. */
  call(call: Call): Promise<OutboundResponse>;
  /** Takes secrets out of a text for people. */
  redact(text: string): string;
  close(): void;
}

/** Makes the way to one cluster. Throws `stackstorm.bad_config` on values that cannot be. */
export function connect(cluster: Cluster, parts: ClientParts): Connection {
  checkCredentials(cluster);
  const addresses = addressesOf(cluster);
  const guard = createGuard({
    ...(cluster.allow ? { allow: cluster.allow } : {}),
    ...(parts.lookup ? { lookup: parts.lookup } : {}),
  });
  const { reads, starts } = waysOut(cluster, guard, parts.options);
  const session = sessionOf(cluster, addresses, { ...parts, outbound: reads });
  const send = async (call: Call, credentials: Readonly<Record<string, string>>) => {
    const out = call.isStart ? starts : reads;
    return measured(out, requestOf(call, addresses, credentials), { call, cluster: cluster.name, parts });
  };
  return {
    cluster: cluster.name,
    addresses,
    session,
    guard,
    call: (call) => callWithRenewal(session, (credentials) => send(call, credentials)),
    redact: (text) => createRedactor(session.secrets())(text),
    close: () => {
      reads.close();
      starts.close();
    },
  };
}

/**
 * Starts have connections of their own, closed after each: a connection kept alive may be closed by the other
 * side at the moment of sending, and then nobody could say whether the start went through.
 */
function waysOut(
  cluster: Cluster,
  guard: AddressGuard,
  options: StackStormOptions,
): { reads: Outbound; starts: Outbound } {
  const { auth } = cluster;
  const basic =
    auth.kind === "password" ? Buffer.from(`${auth.user}:${auth.password}`).toString("base64") : "";
  const secrets = auth.kind === "apiKey" ? [auth.apiKey] : [auth.password, basic];
  const common = { name: "stackstorm", maxResponseBytes: options.maxResponseBytes, secrets, guard };
  return {
    reads: createOutbound({ ...common, timeoutMs: options.requestTimeoutMs }),
    starts: createOutbound({
      ...common,
      timeoutMs: options.startTimeoutMs,
      headers: { connection: "close" },
    }),
  };
}

function sessionOf(
  cluster: Cluster,
  addresses: Addresses,
  parts: ClientParts & { outbound: Outbound },
): Session {
  const { auth } = cluster;
  if (auth.kind === "apiKey") return keySession(auth);
  const { user, password } = auth;
  const { outbound, clock, log, options } = parts;
  const ttlSeconds = options.tokenTtlSeconds;
  const login = { cluster: cluster.name, authUrl: addresses.auth, user, password, ttlSeconds };
  return passwordSession({ ...login, outbound, clock, log });
}

type Send = (credentials: Readonly<Record<string, string>>) => Promise<OutboundResponse>;

async function callWithRenewal(session: Session, send: Send): Promise<OutboundResponse> {
  const credentials = await session.credentials();
  const answer = await send(credentials);
  if (answer.status !== 401) return answer;
  const fresh = await session.replace(credentials);
  return fresh ? send(fresh) : answer;
}

function requestOf(
  call: Call,
  addresses: Addresses,
  credentials: Readonly<Record<string, string>>,
): OutboundRequest {
  const { method, path, query, body, text, responseType, timeoutMs } = call;
  const raw = text === undefined ? undefined : { bytes: Buffer.from(text), contentType: "text/plain" };
  const headers = { ...credentials, "x-request-id": call.requestId ?? randomUUID() };
  return { method, url: addresses.api + path, query, body, raw, responseType, headers, timeoutMs };
}

interface Measure {
  call: Call;
  cluster: string;
  parts: ClientParts;
}

async function measured(
  out: Outbound,
  request: OutboundRequest,
  measure: Measure,
): Promise<OutboundResponse> {
  const startedMs = measure.parts.clock.nowMs();
  try {
    const answer = await out.request(request);
    count(measure, startedMs, `http_${answer.status}`);
    return answer;
  } catch (error) {
    count(measure, startedMs, isChatOpsError(error) ? error.code : "unexpected");
    throw error;
  }
}

function count({ call, cluster, parts }: Measure, startedMs: number, outcome: string): void {
  const labels = { cluster, operation: call.operation };
  const seconds = Math.max(0, parts.clock.nowMs() - startedMs) / 1000;
  parts.metrics.count("stackstorm_requests", { ...labels, outcome });
  parts.metrics.observe("stackstorm_request", seconds, labels);
}

/** Throws unless the answer is a 200 without a fault in it. */
export function expectOk(connection: Connection, call: Call, answer: OutboundResponse): void {
  if (answer.status === 200 && faultOf(answer.body) === null) return;
  throw answerError(call.operation, answer, describeAnswer(answer, connection.redact));
}

/** Sends a read and returns its JSON, undefined without any. Throws unless it is a 200 without a fault. */
export async function readJson(connection: Connection, call: Call): Promise<unknown> {
  const answer = await connection.call(call);
  expectOk(connection, call, answer);
  return answer.body;
}

import axios, { type AxiosRequestConfig, type AxiosResponse } from "axios";
import { type Agents, createAgents } from "./agents.ts";
import { type OutboundResponse, readAnswer } from "./answer.ts";
import { checkOptions, type OutboundConfig, type OutboundOptions } from "./config.ts";
import { callFailure, failure } from "./errors.ts";
import { type Address, shownTarget, targetOf } from "./target.ts";
import { newTrace, tracedTransport } from "./trace.ts";

export type { OutboundResponse } from "./answer.ts";
export type { QueryValue } from "./target.ts";

/** One call. Name its `path` below the base address, or a full `url`. */
export interface OutboundRequest extends Address {
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; undefined sends no body. */
  body?: unknown;
  /** Sent as it is, in place of a body. */
  raw?: { bytes: Uint8Array; contentType: string } | undefined;
  /** Over those of the client. */
  headers?: Record<string, string> | undefined;
  /** Instead of the client's, in milliseconds. */
  timeoutMs?: number | undefined;
  /** `text` never parses the answer. Default `json`: parsed when its content type says so. */
  responseType?: "json" | "text" | undefined;
}

/** The way out to one foreign service. */
export interface Outbound {
  /**
   * Resolves with any status, redirects included, which are not followed. Throws a `ChatOpsError` with code
   * `<name>.timeout | unreachable | reset | too_large | bad_json | tls | refused_address | bad_request`; `reached` is `no` only
   * when no byte of the request can have left. Its text holds no query, header or body and it has no cause.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** Closes its connections; calls under way fail. */
  close(): void;
}

interface Client {
  config: OutboundConfig;
  agents: Agents;
  send: (config: AxiosRequestConfig) => Promise<AxiosResponse<string>>;
}

/** Makes the client of one service. Throws `outbound.bad_option` naming the option that is wrong. */
export function createOutbound(options: OutboundOptions): Outbound {
  const config = checkOptions(options);
  const agents = createAgents(config);
  const instance = axios.create();
  const client: Client = { config, agents, send: (request) => instance.request<string>(request) };
  return {
    request: (request) => call(client, request),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

async function call(client: Client, request: OutboundRequest): Promise<OutboundResponse> {
  const url = targetOf(client.config, request);
  const shown = `${request.method} ${shownTarget(url)}`;
  if (client.config.guard?.refusesHost(url.hostname)) {
    throw failure(client.config, "refused_address", `${shown}: the address is refused, see allow`);
  }
  const data = sentBody(client.config, shown, request);
  const response = await exchange(client, { request, url, shown, data });
  try {
    return readAnswer(response, request.responseType !== "text");
  } catch {
    // The parser's own message quotes the body, so only the status is told.
    const detail = `${shown}: status ${response.status}, the answer says JSON and is not`;
    throw failure(client.config, "bad_json", detail, "maybe");
  }
}

function sentBody(
  config: OutboundConfig,
  shown: string,
  { body, raw }: OutboundRequest,
): string | Uint8Array | undefined {
  if (body === undefined && raw === undefined) return undefined;
  const sent = raw?.bytes ?? jsonOf(body);
  if (sent === undefined) throw failure(config, "bad_request", `${shown}: the body cannot be JSON`);
  if (Buffer.byteLength(sent) <= config.maxRequestBytes) return sent;
  throw failure(config, "too_large", `${shown}: the body is longer than ${config.maxRequestBytes} bytes`);
}

function jsonOf(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    // Circular, or a bigint. The message would quote keys of the body.
    return undefined;
  }
}

interface Prepared {
  request: OutboundRequest;
  url: URL;
  shown: string;
  data: string | Uint8Array | undefined;
}

async function exchange(client: Client, prepared: Prepared): Promise<AxiosResponse<string>> {
  const trace = newTrace();
  const deadline = new AbortController();
  // One timer over everything: the timeout of axios starts anew with each chunk, so a drip would never end.
  const timer = setTimeout(() => deadline.abort(), prepared.request.timeoutMs ?? client.config.timeoutMs);
  try {
    const transport = tracedTransport(prepared.url.protocol === "https:", trace);
    return await client.send({
      ...axiosConfig(client, prepared),
      transport,
      signal: deadline.signal,
    });
  } catch (thrown) {
    const { shown } = prepared;
    throw callFailure(client.config, { shown, thrown, trace, expired: deadline.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

function axiosConfig({ config, agents }: Client, { request, url, data }: Prepared): AxiosRequestConfig {
  // Without a body axios would call it a form; `false` sends no such header.
  const type = {
    "content-type": data === undefined ? false : (request.raw?.contentType ?? "application/json"),
  };
  return {
    method: request.method,
    url: url.href,
    headers: { "user-agent": "whale", ...type, ...config.headers, ...request.headers },
    data,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    // With a proxy the agents hold it, and axios then leaves the environment alone by itself.
    ...(config.proxyUrl === undefined ? { proxy: false } : {}),
    maxRedirects: 0,
    maxContentLength: config.maxResponseBytes,
    maxBodyLength: config.maxRequestBytes,
    responseType: "text",
    transformRequest: [asItIs],
    transformResponse: [asItIs],
    validateStatus: () => true,
  };
}

function asItIs(data: unknown): unknown {
  return data;
}

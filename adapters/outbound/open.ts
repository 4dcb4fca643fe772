import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, Readable } from "node:stream";
import { ChatOpsError } from "../../core/errors.ts";
import { createAgents } from "./agents.ts";
import { checkOptions, type OutboundConfig, type OutboundOptions } from "./config.ts";
import { failure } from "./errors.ts";
import { targetOf } from "./target.ts";

/** One request whose answer is not read here. */
export interface OpenRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers: Record<string, string>;
  /** What is read piece by piece is sent so; its length belongs among the headers. */
  body?: Uint8Array | Readable | undefined;
  /** Ends the call, and the answer while it is read. */
  signal?: AbortSignal;
}

/** The way out to one service for answers that are handed on piece by piece. */
export interface OpenOutbound {
  /**
   * Resolves with the head of the answer, whatever its status, the body still to come. A redirect is not followed.
   * Throws `<name>.timeout` when there is no head in time, else `<name>.unreachable`. Nothing is sent twice, but for a
   * GET whose kept connection was closed by the other side.
   */
  open(request: OpenRequest): Promise<IncomingMessage>;
  close(): void;
}

/** Makes it, with pools of its own. `timeoutMs` is for the head; a body may be silent for as long too. */
export function createOpenOutbound(options: OutboundOptions): OpenOutbound {
  const config = checkOptions(options);
  const agents = createAgents(config);
  const send = (request: OpenRequest, url: URL, mayRepeat: boolean): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const isTls = url.protocol === "https:";
      const { method, headers, body } = request;
      const agent = isTls ? agents.https : agents.http;
      const signal = request.signal ? { signal: request.signal } : {};
      const sent = (isTls ? https : http).request(url, { method, headers, agent, ...signal }, resolve);
      sent.setTimeout(config.timeoutMs, () => sent.destroy(late(config)));
      sent.on("error", (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && error.code === "ECONNRESET";
        if (isStale && mayRepeat && method === "GET") resolve(send(request, url, false));
        else
          reject(
            error instanceof ChatOpsError ? error : failure(config, "unreachable", error.code ?? "failed"),
          );
      });
      if (body instanceof Readable) pipeline(body, sent, () => undefined);
      else sent.end(body);
    });
  return {
    open: (request) => send(request, targetOf(config, { url: request.url }), true),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function late(config: OutboundConfig): ChatOpsError {
  return failure(config, "timeout", `no answer in ${config.timeoutMs} ms`);
}

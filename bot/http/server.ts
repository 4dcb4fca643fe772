import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import Koa, { type Middleware } from "koa";
import Router from "koa-router";
import { errorText } from "../../core/errors.ts";
import type { Logger, Metrics } from "../../core/ports/index.ts";
import { unknownApi } from "./api/unknown.ts";
import { answerFault, isClientFault } from "./client-faults.ts";
import { type DropsTold, keepShares } from "./connection-shares.ts";
import { exchangeOf } from "./exchange.ts";
import { type HealthDeps, handleReady } from "./health.ts";
import { type HookDeps, handleHook } from "./hooks.ts";
import type { LongAnswers } from "./long-answers.ts";
import { type CallbackDeps, handleCallback, handleVerify } from "./wecom.ts";

export interface ServerDeps {
  hooks: HookDeps;
  callbacks: CallbackDeps;
  health: HealthDeps;
  /** Adds the addresses below `/api/v1`. */
  api: (router: Router) => void;
  /** Takes what is below `/st2`, before the router; none where it is absent. */
  gateway?: Middleware;
  /** Cut when the server closes; none where it is absent. */
  longAnswers?: Pick<LongAnswers, "cut">;
  metrics: Pick<Metrics, "count"> & { text(): Promise<string>; contentType: string };
  log: Logger;
  limits?: Partial<ConnectionLimits>;
}

/** How long a client may take, and how much. */
export interface ConnectionLimits {
  /** For a whole request, in milliseconds. Default 30,000. */
  requestTimeoutMs: number;
  /** For its headers alone, in milliseconds. Default 10,000. */
  headersTimeoutMs: number;
  /** How often connections are looked at for the two, in milliseconds. Default 1,000. */
  checkEveryMs: number;
  /** How long `close` waits for requests under way, in milliseconds. Default 10,000. */
  closeTimeoutMs: number;
  /** Most connections of one remote address; this machine has no limit. Default 1,000 of the 10,000 that there are. */
  perAddress: number;
}

export interface Listening {
  host: string;
  port: number;
}

/** The HTTP side of the process. */
export interface HttpServer {
  listen(at: Listening): Promise<Listening>;
  /** Takes no new connections, ends idle ones, waits for answers under way, though not for ever. */
  close(): Promise<void>;
}

const DEFAULT_LIMITS: ConnectionLimits = {
  ...{ requestTimeoutMs: 30_000, headersTimeoutMs: 10_000, checkEveryMs: 1_000, closeTimeoutMs: 10_000 },
  perAddress: 1_000,
};
const MAX_CONNECTIONS = 10_000;

/** Takes alerts, callbacks and REST, and tells how the process is. */
export function createHttpServer(deps: ServerDeps): HttpServer {
  const { log, hooks } = deps;
  const listener = hooksFirst(deps, koaOver(routes(deps), log, deps.gateway));
  const onFault: OnFault = (error, socket) => answerFault(error, socket, { log, metrics: hooks.metrics });
  const server = serverOf(listener, { ...deps, onFault });
  const close = () => {
    const closed = server.close();
    deps.longAnswers?.cut();
    return closed;
  };
  return { ...server, close };
}

/** What a process without the role `web` has: it only tells how it is. */
export function createHealthServer(
  deps: Pick<ServerDeps, "health" | "metrics" | "log" | "limits">,
): HttpServer {
  return serverOf(koaOver(healthRoutes(deps), deps.log), {
    ...deps,
    onFault: (_, socket) => socket.destroy(),
  });
}

function koaOver(router: Router, log: Logger, first?: Middleware): RequestListener {
  const app = new Koa();
  // Koa prints errors itself unless somebody listens.
  app.on("error", (error: unknown) => {
    if (!isClientFault(error)) log.error({ err: error, reason: errorText(error) }, "request failed");
  });
  if (first) app.use(first);
  app.use(router.routes());
  app.use(unknownApi);
  return app.callback();
}

type OnFault = (error: Error, socket: Duplex) => void;

/** A server that keeps connections within their limits; who gives wrong HTTP is answered by `onFault`. */
function serverOf(
  listener: RequestListener,
  { onFault, ...given }: DropsTold & Pick<ServerDeps, "limits"> & { onFault: OnFault },
): HttpServer {
  const limits = { ...DEFAULT_LIMITS, ...given.limits };
  const timeouts = {
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  const server = createServer(timeouts, listener);
  server.maxConnections = MAX_CONNECTIONS;
  keepShares(server, limits.perAddress, given);
  server.on("clientError", onFault);
  return {
    listen: (at) => listen(server, at),
    close: () => close(server, limits.closeTimeoutMs),
  };
}

/** As a path, or as a whole address, which HTTP allows too. */
const HOOK = /^(?:https?:\/\/[^/?#]*)?\/hooks\/([^/?#]+)\/?(?:[?#]|$)/i;

/** Alerts go past Koa; everything else through it. */
function hooksFirst({ hooks, log }: ServerDeps, others: RequestListener): RequestListener {
  return (req, res) => {
    const source = HOOK.exec(req.url ?? "")?.[1];
    if (source === undefined) return others(req, res);
    const handled = exchangeOf(req, res, (exchange) => handleHook(exchange, decoded(source), hooks));
    handled.catch((error: unknown) => {
      if (!isClientFault(error)) log.error({ err: error, reason: errorText(error) }, "request failed");
      if (!res.headersSent) res.writeHead(500, { Connection: "close" }).end();
    });
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // No name of a source needs escapes; what is none stays as it came, and is unknown.
    return name;
  }
}

function routes(deps: ServerDeps): Router {
  const { callbacks, api } = deps;
  const router = healthRoutes(deps);
  router.get("/wecom/callback", (ctx) => handleVerify(ctx, callbacks));
  router.post("/wecom/callback", (ctx) => handleCallback(ctx, callbacks));
  api(router);
  return router;
}

function healthRoutes({ health, metrics }: Pick<ServerDeps, "health" | "metrics">): Router {
  const router = new Router();
  router.get("/healthz", (ctx) => {
    ctx.body = { status: "ok" };
  });
  router.get("/readyz", (ctx) => handleReady(ctx, health));
  router.get("/metrics", async (ctx) => {
    ctx.type = metrics.contentType;
    ctx.body = await metrics.text();
  });
  return router;
}

function listen(server: Server, { host, port }: Listening): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
  });
}

function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A closed server no longer ends its slow requests by itself.
    const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

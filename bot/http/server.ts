import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Koa, { type Middleware } from "koa";
import Router from "koa-router";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import { answerFault, isClientFault } from "./client-faults.ts";
import { type HealthDeps, handleReady } from "./health.ts";
import { type HookDeps, handleHook } from "./hooks.ts";
import { type CallbackDeps, handleCallback, handleVerify } from "./wecom.ts";

export interface ServerDeps {
  hooks: HookDeps;
  callbacks: CallbackDeps;
  health: HealthDeps;
  metrics: { text(): Promise<string>; contentType: string };
  log: Logger;
  limits?: Partial<ConnectionLimits>;
}

/** How long a client may take. */
export interface ConnectionLimits {
  /** For a whole request, in milliseconds. Default 30,000. */
  requestTimeoutMs: number;
  /** For its headers alone, in milliseconds. Default 10,000. */
  headersTimeoutMs: number;
  /** How often connections are looked at for the two, in milliseconds. Default 1,000. */
  checkEveryMs: number;
  /** How long `close` waits for requests under way, in milliseconds. Default 10,000. */
  closeTimeoutMs: number;
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
};
const MAX_CONNECTIONS = 10_000;

export function createHttpServer(deps: ServerDeps): HttpServer {
  const { log } = deps;
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const app = new Koa();
  // Koa prints errors itself unless somebody listens.
  app.on("error", (error: unknown) => {
    if (!isClientFault(error)) log.error({ err: error, reason: errorText(error) }, "request failed");
  });
  app.use(hooksFirst(deps));
  app.use(routes(deps).routes());
  const timeouts = {
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  const server = createServer(timeouts, app.callback());
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", (error, socket) =>
    answerFault(error, socket, { log, metrics: deps.hooks.metrics }),
  );
  return {
    listen: (at) => listen(server, at),
    close: () => close(server, limits.closeTimeoutMs),
  };
}

const HOOK = /^\/hooks\/([^/]+)$/;

/** Alerts come in thousands a second, so that they are told by one look, before all other routes. */
function hooksFirst({ hooks }: ServerDeps): Middleware {
  return (ctx, next) => {
    const source = HOOK.exec(ctx.path)?.[1];
    if (source === undefined) return next();
    return handleHook(ctx, decoded(source), hooks);
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

function routes({ callbacks, health, metrics }: ServerDeps): Router {
  const router = new Router();
  router.get("/wecom/callback", (ctx) => handleVerify(ctx, callbacks));
  router.post("/wecom/callback", (ctx) => handleCallback(ctx, callbacks));
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

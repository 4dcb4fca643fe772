import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Koa, { type Middleware } from "koa";
import Router from "koa-router";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import { type HealthDeps, handleReady } from "./health.ts";
import { type HookDeps, handleHook } from "./hooks.ts";
import { type CallbackDeps, handleCallback, handleVerify } from "./wecom.ts";

export interface ServerDeps {
  hooks: HookDeps;
  callbacks: CallbackDeps;
  health: HealthDeps;
  /** Adds the addresses below `/api/v1`. */
  api: (router: Router) => void;
  metrics: { text(): Promise<string>; contentType: string };
  log: Logger;
}

export interface Listening {
  host: string;
  port: number;
}

/** The HTTP side of the process. */
export interface HttpServer {
  listen(at: Listening): Promise<Listening>;
  /** Takes no new connections, ends idle ones, waits for answers under way. */
  close(): Promise<void>;
}

/** A slow sender holds a connection no longer than this, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10_000;

export function createHttpServer(deps: ServerDeps): HttpServer {
  const { log } = deps;
  const app = new Koa();
  // Koa prints errors itself unless somebody listens.
  app.on("error", (error: unknown) => log.error({ err: error, reason: errorText(error) }, "request failed"));
  app.use(hooksFirst(deps));
  app.use(routes(deps).routes());
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    app.callback(),
  );
  server.maxConnections = MAX_CONNECTIONS;
  return {
    listen: (at) => listen(server, at),
    close: () => close(server),
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

function routes({ callbacks, health, api, metrics }: ServerDeps): Router {
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
  api(router);
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

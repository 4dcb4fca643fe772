import http, { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import Koa from "koa";
import { readJson } from "../../../adapters/sources/index.ts";
import { createStackStorm } from "../../../adapters/stackstorm/index.ts";
import { createMetrics, systemClock, systemIds } from "../../../adapters/telemetry/index.ts";
import { createGateway } from "../../../bot/gateway/index.ts";
import { NO_MASKING, showingRuns } from "../../../core/pages/index.ts";
import { RIGHTS, tokenHash } from "../../../core/people/index.ts";
import { startStackStormSimulator } from "../../../fixtures/simulators/stackstorm/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

/** What one process is told to be. */
export interface GatewayOrders {
  role: "simulator" | "bare" | "gateway";
  /** Of the simulator, for the other two. */
  origin: string;
  key: string;
}

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function simulator(apiKey: string): Promise<string> {
  const packsDir = fileURLToPath(new URL("../../../fixtures/packs", import.meta.url));
  const started = await startStackStormSimulator({ packsDir, vmsDir: tempFolder().path, apiKey });
  return started.url;
}

/** The least that a reverse proxy must do: hand the request on with the key, and the answer back. */
function bare({ origin, key }: GatewayOrders): Koa {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const app = new Koa();
  app.use(async (ctx) => {
    const url = origin + ctx.url.replace(/^\/st2/, "");
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const sent = request(url, { method: ctx.method, agent, headers: { "st2-api-key": key } }, resolve);
      sent.on("error", reject);
      sent.end();
    });
    ctx.status = answer.statusCode ?? 502;
    for (const name of ["content-type", "content-length"]) ctx.set(name, answer.headers[name] ?? "");
    ctx.body = answer;
  });
  return app;
}

function gateway({ origin, key }: GatewayOrders): Koa {
  const auth = { kind: "apiKey" as const, apiKey: key };
  const clusters = [{ name: "hz", api: `${origin}/api`, auth, businesses: [], priority: 1 }];
  const metrics = createMetrics({ prefix: "whale" });
  const stackstorm = createStackStorm({ clusters, clock: systemClock, log, metrics });
  const role = { name: "ops", of: { users: ["lisi"] }, rights: RIGHTS };
  const token = {
    id: "t",
    hash: tokenHash(key),
    user: "lisi",
    rights: RIGHTS,
    expires: "2999-01-01T00:00:00Z",
  };
  const tokens = new Map([[token.hash, token]]);
  const unused = () => Promise.reject(new Error("not measured"));
  const app = new Koa();
  app.use(
    createGateway({
      ...{
        sights: () => new Map(),
        longAnswers: { keep: () => undefined },
        shown: showingRuns({ masking: NO_MASKING, actions: () => undefined }),
        door: stackstorm,
        executor: stackstorm,
        clusters: () => clusters,
        readJson,
        log,
        metrics,
      },
      identity: {
        ...{ tokens: () => tokens, localTokenHash: "", clock: systemClock, trustProxyHops: 0 },
        rolesOf: async () => ({ roles: [role], unsure: [], against: null }),
      },
      tasks: { get: async () => null, findByPrefix: async () => [], list: async () => [] },
      ...{
        orders: { control: unused, retry: unused },
        desk: { ask: unused },
        aliases: { current: unused },
        audit: { append: unused },
      },
      ids: systemIds,
    }),
  );
  return app;
}

process.once("message", async (orders: GatewayOrders) => {
  if (orders.role === "simulator") {
    process.send?.(await simulator(orders.key));
    return;
  }
  const app = orders.role === "bare" ? bare(orders) : gateway(orders);
  const server = createServer(app.callback());
  server.listen(0, "127.0.0.1", () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
});

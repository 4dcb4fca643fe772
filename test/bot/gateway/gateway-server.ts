import type { TestContext } from "node:test";
import { readJson } from "../../../adapters/sources/index.ts";
import { createStackStorm } from "../../../adapters/stackstorm/index.ts";
import { createGateway } from "../../../bot/gateway/index.ts";
import { createHttpServer, createLongAnswers } from "../../../bot/http/index.ts";
import type { ServerDeps } from "../../../bot/http/server.ts";
import type { Retried } from "../../../bot/orders/index.ts";
import type { AuditFact } from "../../../core/audit/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { type AccessToken, RIGHTS, type Role, tokenHash } from "../../../core/people/index.ts";
import type { ActionAlias, RunAnswer, RunRequest } from "../../../core/runs/index.ts";
import type { Control, RetryWish, Task } from "../../../core/tasks/index.ts";
import { fakeSt2, type Reply, type Seen } from "../../adapters/stackstorm/support.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { shownAll } from "../../support/secrecy.ts";

export const KEY = "k3y-of-the-robot-0123456789";

/** Some clusters behind the gateway, each a server that answers what the test says. */
export interface GatewayWorld {
  /** By the name of the cluster. */
  clusters: Record<string, { businesses?: string[]; priority?: number; reply: (seen: Seen) => Reply | null }>;
  /** Clusters that are known to be down. */
  down?: readonly string[];
  tasks?: Task[];
  /** The role of `lisi` beside the token `token-of-lisi`; all rights on everything when absent. */
  role?: Partial<Role>;
  desk?: (request: RunRequest) => RunAnswer;
  aliases?: readonly ActionAlias[];
  /** What becomes of a retry; it is made when absent. */
  retry?: Retried;
  limits?: ServerDeps["limits"];
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  body: any;
}

/** Opens the gateway over real sockets on both sides; it closes after its test. */
export async function gatewayServer(t: TestContext, world: GatewayWorld) {
  const seen: Record<string, Seen[]> = {};
  const clusters: Cluster[] = [];
  for (const [name, { businesses = [], priority = 1, reply }] of Object.entries(world.clusters)) {
    const fake = await fakeSt2(t, reply);
    seen[name] = fake.seen;
    const auth = { kind: "apiKey" as const, apiKey: KEY };
    clusters.push({ name, api: `${fake.origin}/api`, auth, businesses, priority });
  }
  const clock = movableClock();
  const log = recordingLog();
  const metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
  const stackstorm = createStackStorm({ clusters, clock, log, metrics: metrics as never });
  const facts: AuditFact[] = [];
  const orders: [string, Control | "retry", string][] = [];
  const asked: RunRequest[] = [];
  const wishes: RetryWish[] = [];
  const keys: string[] = [];
  const { tasks = [] } = world;
  const role: Role = { name: "ops", of: { users: ["lisi"] }, rights: RIGHTS, ...world.role };
  const longAnswers = createLongAnswers();
  const gateway = createGateway({
    ...{ door: stackstorm, executor: stackstorm, clusters: () => clusters },
    shown: shownAll,
    sights: () => new Map((world.down ?? []).map((name) => [name, { state: "down", sinceMs: 0, open: 0 }])),
    identity: {
      tokens: () => new Map([[tokenHash("token-of-lisi"), TOKEN]]),
      rolesOf: async () => ({ roles: [role], unsure: [], against: null }),
      ...{ localTokenHash: tokenHash("local"), clock, trustProxyHops: 0 },
    },
    tasks: {
      get: async (id) => tasks.find((task) => task.id === id) ?? null,
      list: async ({ states }) => tasks.filter(({ state }) => states?.includes(state) ?? true),
      findByPrefix: async (prefix) => tasks.filter(({ id }) => id.startsWith(`t_${prefix}`)),
    },
    orders: {
      control: async (task, what, order) => {
        orders.push([task.id, what, order.by]);
        keys.push(order.key);
        return { outcome: "refused", reason: "already_counted", task, effects: [] };
      },
      retry: async (task, order, wish) => {
        orders.push([task.id, "retry", order.by]);
        wishes.push(wish ?? {});
        return world.retry ?? { outcome: "made", task };
      },
    },
    desk: {
      ask: async (request) => {
        asked.push(request);
        const words = { zh: "都不可以", en: "nobody may" };
        return (
          world.desk?.(request) ?? { outcome: "refused", reason: "no_grant", message: "nobody may", words }
        );
      },
    },
    longAnswers,
    aliases: { current: async () => ({ aliases: world.aliases ?? [], silent: [] }) },
    audit: { append: async (fact) => void facts.push(fact) as never },
    ...{ ids: { ulid: () => "01J" }, readJson, log, metrics: metrics as never },
  });
  const api: ServerDeps["api"] = () => undefined;
  const server = createHttpServer({
    gateway,
    longAnswers,
    api,
    metrics,
    log,
    ...(world.limits ? { limits: world.limits } : {}),
    hooks: {},
  } as unknown as ServerDeps);
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    stackstorm.close();
    await server.close();
  });
  const origin = `http://127.0.0.1:${port}`;
  const call = async (line: string, given: { body?: unknown; headers?: Record<string, string> } = {}) => {
    const [method = "GET", path = ""] = line.split(" ");
    const body = given.body === undefined ? null : JSON.stringify(given.body);
    const headers = { "x-auth-token": "token-of-lisi", ...given.headers };
    return answered(await fetch(origin + path, { method, headers, body }));
  };
  return { call, origin, server, seen, facts, orders, wishes, keys, asked, log };
}

async function answered(answer: Response): Promise<Answer> {
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "");
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

const TOKEN: AccessToken = {
  ...{ id: "t1", hash: tokenHash("token-of-lisi"), user: "lisi", rights: RIGHTS },
  expires: new Date(START_MS + 86_400_000).toISOString(),
};

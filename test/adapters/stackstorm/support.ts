import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import {
  createStackStorm,
  type StackStorm,
  type StackStormOptions,
} from "../../../adapters/stackstorm/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import type { Metrics, StartRequest } from "../../../core/ports/index.ts";
import { type MovableClock, movableClock } from "../../support/clock.ts";
import { httpServer } from "../../support/http-server.ts";
import { type RecordingLog, recordingLog } from "../../support/log.ts";

export const API_KEY = "k3y-of-the-robot-0123456789";
export const PASSWORD = "pass word/of:the+robot";
export const REQUEST_ID = "t_abc-1";
export const EXECUTION_ID = "65a1b2c3d4e5f60718293a4b";

/** One request as the server got it. */
export interface Seen {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What the server answers: a body that is an object goes out as JSON. Null breaks the connection. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Fake {
  origin: string;
  seen: Seen[];
}

/** A real local server that keeps what it was asked and answers what the test says. */
export async function fakeSt2(t: TestContext, reply: (seen: Seen) => Reply | null): Promise<Fake> {
  const seen: Seen[] = [];
  const server = await httpServer(t, async (request, response) => {
    const one = { ...(await read(request)), headers: request.headers };
    seen.push(one);
    const answer = reply(one);
    if (answer) send(response, answer);
    else request.socket.destroy();
  });
  return { origin: server.origin, seen };
}

async function read(request: IncomingMessage): Promise<Omit<Seen, "headers">> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://fake");
  return { method: request.method ?? "", url, body: Buffer.concat(chunks).toString("utf8") };
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/html" : "application/json", ...headers });
  response.end(body === undefined ? "" : isText ? body : JSON.stringify(body));
}

export function aCluster(origin: string, overrides: Partial<Cluster> = {}): Cluster {
  const auth = { kind: "apiKey" as const, apiKey: API_KEY };
  return { name: "hz", api: `${origin}/api`, auth, businesses: [], priority: 1, ...overrides };
}

export const passwordAuth = { kind: "password" as const, user: "robot", password: PASSWORD };

export interface CountedMetrics extends Metrics {
  /** How often a counter moved, by `name` or `name{value of a label}`. */
  counted(name: string, label?: string): number;
}

export function countedMetrics(): CountedMetrics {
  const calls: { name: string; labels: Record<string, string> }[] = [];
  return {
    counted: (name, label) =>
      calls.filter((c) => c.name === name && (!label || Object.values(c.labels).includes(label))).length,
    count: (name, labels = {}) => {
      calls.push({ name, labels });
    },
    observe: () => undefined,
    gauge: () => undefined,
  };
}

export interface Bench {
  st2: StackStorm;
  clock: MovableClock;
  log: RecordingLog;
  metrics: CountedMetrics;
}

/** A client of some clusters that ends with its test. */
export function aClient(
  t: TestContext,
  clusters: readonly Cluster[],
  options: Partial<StackStormOptions> = {},
): Bench {
  const bench = { clock: movableClock(), log: recordingLog(), metrics: countedMetrics() };
  const st2 = createStackStorm({ clusters, ...bench, options });
  t.after(() => st2.close());
  return { ...bench, st2 };
}

export function aStart(overrides: Partial<StartRequest> = {}): StartRequest {
  return {
    cluster: "hz",
    action: "disk.cleanup",
    parameters: { host: "vm-1", paths: ["/var/log"] },
    requestId: REQUEST_ID,
    taskId: "t_abc",
    approvedBy: ["zhangsan"],
    ...overrides,
  };
}

/** A row as StackStorm answers it; nothing in it is certain but the id. */
export function aRow(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: EXECUTION_ID,
    status: "requested",
    start_timestamp: "2026-11-01T00:00:01.123456Z",
    action: { ref: "disk.cleanup", name: "cleanup", pack: "disk" },
    context: { user: "robot", whale: { request_id: REQUEST_ID } },
    ...overrides,
  };
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { createWecom, type Wecom, type WecomConfig } from "../../../adapters/wecom/index.ts";
import type { Metrics } from "../../../core/ports/index.ts";
import { type MovableClock, movableClock } from "../../support/clock.ts";
import { httpServer } from "../../support/http-server.ts";
import { type RecordingLog, recordingLog } from "../../support/log.ts";

/** One request as the server saw it. */
export interface SeenCall {
  method: string;
  /** Path below `/cgi-bin/`. */
  api: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
}

/** What a call gets: a JSON object, or what the function does with the response itself. */
export type Reply = Record<string, unknown> | ((call: SeenCall, response: ServerResponse) => unknown);

/** The adapter under test before a server whose answers the test decides. */
export interface Bench {
  wecom: Wecom;
  clock: MovableClock;
  log: RecordingLog;
  /** Counters as `name api outcome`. */
  counted: string[];
  calls: SeenCall[];
  /** The calls of one API. */
  callsOf(api: string): SeenCall[];
}

/** Secrets that must not show anywhere. */
export const SECRETS = { corpSecret: "s3cretOfTheApp-0001", token: "tokenGivenByGettoken+1" };

const OK = { errcode: 0, errmsg: "ok" };

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/")) return { form: text, type };
  return text === "" ? {} : JSON.parse(text);
}

function recordingMetrics(counted: string[]): Metrics {
  const ignore = (): void => undefined;
  return {
    count: (name, labels = {}) => counted.push(`${name} ${labels["api"]} ${labels["outcome"]}`),
    observe: ignore,
    gauge: ignore,
  };
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader("content-type", "application/json; charset=UTF-8");
  response.end(JSON.stringify(body));
}

/** `gettoken` as it should be; tests that care replace it. */
function goodToken(): Record<string, unknown> {
  return { ...OK, access_token: SECRETS.token, expires_in: 7200 };
}

/** Starts a server with these answers by API (a missing one answers 404) and the adapter before it. */
export async function bench(
  test: TestContext,
  replies: Record<string, Reply>,
  config: Partial<WecomConfig> = {},
): Promise<Bench> {
  const all: Record<string, Reply> = { gettoken: goodToken, ...replies };
  const calls: SeenCall[] = [];
  const server = await httpServer(test, async (request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const call = {
      method: request.method ?? "",
      api: url.pathname.replace("/cgi-bin/", ""),
      query: Object.fromEntries(url.searchParams),
      body: await bodyOf(request),
    };
    calls.push(call);
    const reply = all[call.api];
    if (reply === undefined) response.statusCode = 404;
    const body = typeof reply === "function" ? await reply(call, response) : { ...OK, ...reply };
    if (!response.writableEnded && body !== undefined) sendJson(response, body);
  });
  const clock = movableClock();
  const log = recordingLog();
  const counted: string[] = [];
  const wecom = createWecom(
    { ...aConfig(), apiBase: server.origin, ...config },
    { clock, log, metrics: recordingMetrics(counted) },
  );
  test.after(() => wecom.close());
  return { wecom, clock, log, counted, calls, callsOf: (api) => calls.filter((call) => call.api === api) };
}

/** A configuration that is right; name only what matters. */
export function aConfig(overrides: Partial<WecomConfig> = {}): WecomConfig {
  return {
    corpId: "wwchatops0000test",
    corpSecret: SECRETS.corpSecret,
    agentId: 1000002,
    token: "chatopsToken01",
    encodingAesKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    requestTimeoutMs: 2_000,
    ...overrides,
  };
}

/** Answers one after the other, the last one for ever. */
export function inTurn(...bodies: Record<string, unknown>[]): Reply {
  let turn = 0;
  return () => {
    const body = bodies[Math.min(turn, bodies.length - 1)] ?? {};
    turn += 1;
    return { ...OK, ...body };
  };
}

/** A promise and the function that settles it. */
export function gate(): { opened: Promise<void>; open(): void } {
  return ((parts) => ({ opened: parts.promise, open: () => parts.resolve() }))(Promise.withResolvers<void>());
}

import { randomUUID } from "node:crypto";
import { WSClient } from "@wecom/aibot-node-sdk";
import { type ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/index.ts";
import type { CheckedAibotConfig } from "./config.ts";
import { NO_ANSWER, noAnswer, refusalOf, UNSUBSCRIBED } from "./errors.ts";
import { type Reading, readFrame } from "./schema.ts";

/** Why a connection is over. */
export type SessionEnd =
  | { outcome: "closed" }
  /** Another connection of the same bot took its place. */
  | { outcome: "kicked" }
  /** It was cut, or answers nothing any more. */
  | { outcome: "lost" | "silent"; why: string }
  /** WeCom does not take the subscription. */
  | { outcome: "refused"; error: ChatOpsError };

/** One connection, from its opening to its end. It never opens itself again. */
export interface Session {
  /** Resolves when WeCom took the subscription; false when it ended before. */
  ready: Promise<boolean>;
  ended: Promise<SessionEnd>;
  /** Sends a frame and waits for its answer. Rejects with `ChatOpsError`. */
  request(cmd: string, body: object, requestId?: string): Promise<void>;
  close(): void;
}

export interface SessionDeps {
  config: CheckedAibotConfig;
  clock: Clock;
  onReading: (reading: Reading) => void;
}

/** The client counts what it has not been answered with its own pings; ours are told apart by their ids. */
const NO_OWN_PINGS_MS = 2_147_483_647;
const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What one connection knows of itself. */
interface Wire {
  client: WSClient;
  ready: PromiseWithResolvers<boolean>;
  ended: PromiseWithResolvers<SessionEnd>;
  timers: NodeJS.Timeout[];
  over: boolean;
  pinging: boolean;
}

/**
 * Opens a connection with WeCom's own client, which is asked for one connection at a time: when to open another is
 * not its to decide, because of the lease. What it leaves open is watched here: a server that takes the connection
 * and answers nothing, neither the subscription nor a ping, and one that no longer knows the subscription (846609).
 */
export function openSession(deps: SessionDeps): Session {
  const { config } = deps;
  const wire: Wire = {
    ...{ client: clientOf(config), timers: [], over: false, pinging: false },
    ...{ ready: Promise.withResolvers(), ended: Promise.withResolvers() },
  };
  const tooSlow = { outcome: "silent", why: "the subscription was not answered" } as const;
  const patience = setTimeout(() => end(wire, tooSlow), config.connectMs);
  wire.timers.push(patience);
  void wire.ready.promise.then(() => clearTimeout(patience));
  listen(wire, deps);
  wire.client.connect();
  return {
    ready: wire.ready.promise,
    ended: wire.ended.promise,
    request: (cmd, body, requestId) => request(wire, { cmd, body, ...(requestId ? { requestId } : {}) }),
    close: () => end(wire, { outcome: "closed" }),
  };
}

function listen(wire: Wire, { config, clock, onReading }: SessionDeps): void {
  const { client } = wire;
  client.on("authenticated", () => {
    wire.timers.push(setInterval(() => void ping(wire), config.pingMs));
    wire.ready.resolve(true);
  });
  client.on("error", (error) => {
    const refused = refusedSubscription(error);
    if (refused) end(wire, { outcome: "refused", error: refused });
  });
  client.on("disconnected", (why) => end(wire, { outcome: "lost", why }));
  const read = (frame: unknown) => {
    const reading = readFrame(frame, clock.nowMs());
    if (reading.outcome === "kicked") end(wire, { outcome: "kicked" });
    onReading(reading);
  };
  client.on("message", read);
  client.on("event", read);
}

function end(wire: Wire, how: SessionEnd): void {
  if (wire.over) return;
  wire.over = true;
  for (const timer of wire.timers) clearTimeout(timer);
  wire.client.disconnect();
  wire.ready.resolve(false);
  wire.ended.resolve(how);
}

interface Request {
  cmd: string;
  body?: object;
  requestId?: string;
}

async function request(
  wire: Wire,
  { cmd, body, requestId = `whale_${randomUUID()}` }: Request,
): Promise<void> {
  const { client } = wire;
  if (wire.over || !client.isConnected) throw refusalOf(cmd, 846609, "not connected");
  try {
    // The type wants a body; a ping has none.
    await client.reply({ headers: { req_id: requestId } }, body as object, cmd);
  } catch (thrown) {
    const error = errorOf(cmd, thrown);
    if (error.code === UNSUBSCRIBED) end(wire, { outcome: "lost", why: error.message });
    else if (error.code === NO_ANSWER && !wire.pinging) void ping(wire);
    throw error;
  }
}

/** One that is not answered before the next is due, or within the client's own 5 s, will not be. */
async function ping(wire: Wire): Promise<void> {
  if (wire.pinging) return end(wire, { outcome: "silent", why: "a ping was not answered" });
  wire.pinging = true;
  const silent = (error: unknown) => end(wire, { outcome: "silent", why: errorText(error) });
  await request(wire, { cmd: "ping" }).catch(silent);
  wire.pinging = false;
}

function clientOf({ botId, secret, wsUrl, connectMs }: CheckedAibotConfig): WSClient {
  return new WSClient({
    ...{ botId, secret, wsUrl, logger: QUIET, heartbeatInterval: NO_OWN_PINGS_MS },
    ...{ maxReconnectAttempts: 0, maxAuthFailureAttempts: 0 },
    wsOptions: { handshakeTimeout: connectMs },
  });
}

/** The client rejects with the answer itself where there was one. */
function errorOf(cmd: string, thrown: unknown): ChatOpsError {
  if (isChatOpsError(thrown)) return thrown;
  const { errcode, errmsg } = (thrown ?? {}) as { errcode?: unknown; errmsg?: unknown };
  if (typeof errcode === "number") return refusalOf(cmd, errcode, String(errmsg ?? ""));
  return noAnswer(cmd, thrown);
}

/** The client tells the errcode of a refused subscription in the text of an error, and nowhere else. */
function refusedSubscription(error: Error): ChatOpsError | null {
  const told = /^Authentication failed: (.*) \(code: (-?\d+)\)$/s.exec(error.message);
  return told ? refusalOf("aibot_subscribe", Number(told[2]), told[1] ?? "") : null;
}

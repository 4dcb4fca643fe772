import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { demoCompany } from "../../../fixtures/simulators/wecom/index.ts";

/** What reaches the outside. The first two end a measurement, the others belong to the way there or after it. */
export type ArrivalKind =
  | "card"
  | "start"
  | "report"
  | "update"
  | "user_get"
  | "tag_get"
  | "find"
  | "list"
  | "other";

/** One request, stamped when its head was read. */
export interface Arrival {
  kind: ArrivalKind;
  /** By `performance.now()`. */
  atMs: number;
  /** The card's id, of a card. */
  cardId: string;
  /** What the card's title ends with, of a card. */
  subject: string;
  bodyBytes: number;
}

/** WeCom and StackStorm reduced to one process that answers at once, always well, in their shapes. */
export interface Upstream {
  url: string;
  /** Told of each request as soon as it is known what it is. */
  onArrival: (listener: (arrival: Arrival) => void) => void;
  close(): Promise<void>;
}

/** Between the answer to a start and the news of its end, in milliseconds. */
const RUN_MS = 10;
/** An idle connection stays open for longer than the other contestant's turn. */
const KEEP_ALIVE_MS = 120_000;

const members = demoCompany.users.filter(({ userId }) => userId === "zhangsan" || userId === "lisi");
const OK = { errcode: 0, errmsg: "ok" };

interface Play {
  actions: Map<string, string>;
  streams: Set<ServerResponse>;
  tell: (arrival: Arrival) => void;
}

export function startUpstream(): Promise<Upstream> {
  const listeners: ((arrival: Arrival) => void)[] = [];
  const tell = (arrival: Arrival) => {
    for (const listener of listeners) listener(arrival);
  };
  const play: Play = { actions: new Map(), streams: new Set(), tell };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const atMs = performance.now();
    void serve(request, response, { atMs, play });
  });
  const onArrival: Upstream["onArrival"] = (listener) => void listeners.push(listener);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve({ url, onArrival, close: () => close(server) });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Reply {
  kind: ArrivalKind;
  body: unknown;
  status?: number;
  cardId?: string;
  subject?: string;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { atMs, play }: { atMs: number; play: Play },
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://upstream");
  if (url.pathname === "/stream/v1/stream") return openStream(response, play);
  const text = await bodyOf(request);
  const reply = replyTo(url, request.method === "POST" ? JSON.parse(text) : null, play);
  const { kind, cardId = "", subject = "", body, status = 200 } = reply;
  play.tell({ kind, atMs, cardId, subject, bodyBytes: Buffer.byteLength(text) });
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length });
  response.end(bytes);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function replyTo(url: URL, body: Record<string, unknown> | null, play: Play): Reply {
  const { pathname } = url;
  if (pathname.startsWith("/cgi-bin/")) return wecomReply(pathname.slice("/cgi-bin/".length), url, body);
  if (pathname === "/api/v1/executions") return body ? started(body, play) : rows(url, play);
  if (pathname.startsWith("/api/v1/executions/")) {
    return { kind: "other", body: ended(pathname.slice("/api/v1/executions/".length), play) };
  }
  return { kind: "other", body: { version: "3.8.1" } };
}

function wecomReply(api: string, url: URL, body: Record<string, unknown> | null): Reply {
  switch (api) {
    case "gettoken":
      return { kind: "other", body: { ...OK, access_token: "token-of-the-benchmark", expires_in: 7200 } };
    case "user/get":
      return { kind: "user_get", body: { ...OK, ...person(url.searchParams.get("userid") ?? "") } };
    case "tag/list":
      return { kind: "other", body: { ...OK, taglist: [{ tagid: 1, tagname: "sre-oncall" }] } };
    case "tag/get":
      return { kind: "tag_get", body: { ...OK, tagname: "sre-oncall", userlist: tagged(), partylist: [] } };
    case "message/send":
      return sent(body ?? {});
    default:
      return { kind: "update", body: OK };
  }
}

function person(userId: string): Record<string, unknown> {
  const member = members.find((one) => one.userId === userId);
  return { userid: userId, name: member?.name ?? userId, department: [2], status: 1, position: "SRE" };
}

function tagged(): Record<string, string>[] {
  return members.map(({ userId, name }) => ({ userid: userId, name }));
}

function sent(body: Record<string, unknown>): Reply {
  const card = body["template_card"] as { task_id?: string; main_title?: { title?: string } } | undefined;
  const subject = card?.main_title?.title?.split(" · ").at(-1) ?? "";
  const answer = { ...OK, invaliduser: "", msgid: "msg-1", response_code: "code-of-the-sending" };
  return card
    ? { kind: "card", body: answer, cardId: card.task_id ?? "", subject }
    : { kind: "report", body: { ...OK, invaliduser: "", msgid: "msg-2" } };
}

function started(body: Record<string, unknown>, play: Play): Reply {
  const id = (play.actions.size + 1).toString(16).padStart(24, "6");
  const action = String(body["action"]);
  play.actions.set(id, action);
  setTimeout(() => tellEnd(id, play), RUN_MS);
  const row = { id, status: "requested", start_timestamp: now(), context: body["context"] };
  return { kind: "start", status: 201, body: { ...row, action: { ref: action } } };
}

/** A look for a request id finds nothing; a list by ids finds everything, ended. */
function rows(url: URL, play: Play): Reply {
  const ids = url.searchParams.get("id");
  if (ids === null) return { kind: url.searchParams.has("filter") ? "find" : "other", body: [] };
  return { kind: "list", body: ids.split(",").map((id) => ended(id, play)) };
}

function ended(id: string, play: Play): Record<string, unknown> {
  const times = { start_timestamp: now(), end_timestamp: now(), elapsed_seconds: RUN_MS / 1000 };
  const action = { ref: play.actions.get(id) ?? "core.noop" };
  return { id, status: "succeeded", action, ...times, result: { stdout: "done", return_code: 0 } };
}

function now(): string {
  return new Date().toISOString();
}

function openStream(response: ServerResponse, play: Play): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write("\n");
  play.streams.add(response);
  response.on("close", () => play.streams.delete(response));
}

function tellEnd(id: string, play: Play): void {
  const data = JSON.stringify({ id, status: "succeeded" });
  for (const stream of play.streams) stream.write(`event: st2.execution__update\ndata: ${data}\n\n`);
}

import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { createEventSource, type FetchLikeInit, type FetchLikeResponse } from "eventsource-client";
import type { AddressGuard } from "../outbound/index.ts";

/** What a stream reports while it lives. None of these may throw. */
export interface StreamListener {
  /** It has lived long enough, or said enough, to count as connected. Called at most once. */
  onConnected(): void;
  /** An event or a heartbeat has come: what stands behind the address is alive. Called at most once. */
  onProven?(): void;
  onEvent(name: string | undefined, data: string): void;
}

export interface StreamRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** What its address may lead to; anywhere when absent. */
  guard?: AddressGuard;
  /** No byte for so long ends it. */
  silenceMs: number;
  /** Connected after so long, even if nothing came. */
  settleMs: number;
  /** A line above this ends it. */
  maxLineBytes: number;
}

export type StreamEndReason = "aborted" | "refused" | "failed" | "silent" | "oversized" | "closed";

/** How one connection ended. */
export interface StreamEnd {
  reason: StreamEndReason;
  /** Whether an event or a heartbeat came: without, it never lived (reference/stackstorm.md trap 11). */
  proven: boolean;
  /** Status of an answer that is no stream. */
  status?: number;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Reads one connection to its end. Never throws, never connects a second time. */
export function readStream(
  request: StreamRequest,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const { promise, resolve } = Promise.withResolvers<StreamEnd>();
  if (signal.aborted) return Promise.resolve({ reason: "aborted", proven: false });
  const life = createLife(request, listener, (end) => {
    signal.removeEventListener("abort", onAbort);
    source.close();
    resolve(end);
  });
  const onAbort = () => life.end("aborted");
  signal.addEventListener("abort", onAbort);
  const source = createEventSource({
    url: request.url,
    headers: { ...request.headers },
    fetch: (url, init) => open(String(url), init ?? {}, { life, guard: request.guard }),
    onMessage: ({ event, data }) => life.message(event, data),
    // The package would connect again after a pause of its own; the pauses are the caller's business.
    onScheduleReconnect: () => life.end("closed"),
  });
  return promise;
}

interface Life {
  /** The answer is a stream. */
  opened(): void;
  bytes(chunk: Uint8Array): void;
  message(name: string | undefined, data: string): void;
  /** Only the first call counts. */
  end(reason: StreamEndReason, status?: number): void;
}

type OnEnd = (end: StreamEnd) => void;

function createLife(request: StreamRequest, listener: StreamListener, onEnd: OnEnd): Life {
  const state = { ended: false, connected: false, proven: false, lineBytes: 0 };
  let settling: NodeJS.Timeout | undefined;
  const silence = setTimeout(() => end("silent"), request.silenceMs);

  const end: Life["end"] = (reason, status) => {
    if (state.ended) return;
    state.ended = true;
    clearTimeout(silence);
    clearTimeout(settling);
    onEnd({ reason, proven: state.proven, ...(status === undefined ? {} : { status }) });
  };
  const connect = () => {
    if (state.ended || state.connected) return;
    state.connected = true;
    listener.onConnected();
  };
  const prove = () => {
    if (state.proven) return connect();
    state.proven = true;
    connect();
    listener.onProven?.();
  };
  const opened = () => {
    silence.refresh();
    settling = setTimeout(connect, request.settleMs);
  };
  const bytes = (chunk: Uint8Array) => {
    if (state.ended) return;
    silence.refresh();
    if (state.lineBytes === 0 && isHeartbeat(chunk)) prove();
    state.lineBytes = openLineBytes(chunk, state.lineBytes);
    if (state.lineBytes > request.maxLineBytes) end("oversized");
  };
  const message: Life["message"] = (name, data) => {
    if (state.ended) return;
    prove();
    listener.onEvent(name, data);
  };
  return { opened, bytes, message, end };
}

/** StackStorm's heartbeat is a bare newline, of which no event is made: only the bytes show it. */
function isHeartbeat(chunk: Uint8Array): boolean {
  return chunk.every((byte) => byte === NEWLINE || byte === CARRIAGE_RETURN);
}

function openLineBytes(chunk: Uint8Array, before: number): number {
  const newline = chunk.lastIndexOf(NEWLINE);
  return newline === -1 ? before + chunk.length : chunk.length - newline - 1;
}

interface Way {
  life: Life;
  guard: AddressGuard | undefined;
}

async function open(url: string, init: FetchLikeInit, way: Way): Promise<FetchLikeResponse> {
  const { life } = way;
  const response = await request(url, init, way);
  const type = response.headers["content-type"] ?? "";
  if (response.statusCode !== 200 || !type.includes("text/event-stream")) {
    life.end("refused", response.statusCode);
    response.destroy();
    throw new Error("no event stream");
  }
  life.opened();
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      life.bytes(chunk);
      controller.enqueue(chunk);
    },
  });
  const body = Readable.toWeb(response) as ReadableStream<Uint8Array>;
  return { body: body.pipeThrough(watched), url, status: 200, redirected: false };
}

/** node's own client: it takes a resolver, and follows no redirect, which would carry the credentials to another host. */
async function request(
  url: string,
  { headers, signal }: FetchLikeInit,
  { life, guard }: Way,
): Promise<IncomingMessage> {
  try {
    if (guard?.refusesHost(new URL(url).hostname)) throw new Error("the address is refused");
    const { get } = url.startsWith("https:") ? https : http;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        headers: { ...headers, "cache-control": "no-store" } as Record<string, string>,
        ...(signal ? { signal: signal as AbortSignal } : {}),
        ...(guard ? { lookup: guard.lookup } : {}),
        agent: false,
      };
      get(url, options, resolve).on("error", reject);
    });
  } catch (error) {
    life.end("failed");
    throw error;
  }
}

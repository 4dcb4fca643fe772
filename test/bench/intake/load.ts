import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { NextPost } from "./posts.ts";

/** What one stretch of load brought. */
export interface LoadResult {
  answered: number;
  seconds: number;
  /** Time of each answer, in milliseconds. */
  latenciesMs: number[];
}

export interface LoadOptions {
  url: string;
  next: NextPost;
  connections: number;
  durationMs: number;
  /** Requests a second over all connections; as many as are answered when absent. */
  perSecond?: number;
  /** The status of every answer; 202 when absent. */
  accepts?: number;
}

/**
 * Posts over plain sockets with one request under way on each, because a client library would need more of
 * the processor than the server under measurement. Throws on any other answer than the one expected.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const sockets = Array.from({ length: options.connections }, () => connect(Number(port), hostname));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const started = performance.now();
  const endMs = started + options.durationMs;
  const result: LoadResult = { answered: 0, seconds: 0, latenciesMs: [] };
  await Promise.all(sockets.map((socket, no) => drive(socket, no, { options, result, endMs })));
  result.seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return result;
}

interface Drive {
  options: LoadOptions;
  result: LoadResult;
  endMs: number;
}

async function drive(socket: Socket, no: number, { options, result, endMs }: Drive): Promise<void> {
  socket.setNoDelay(true);
  const pace = options.perSecond ? (options.connections / options.perSecond) * 1000 : 0;
  let dueMs = performance.now() + (pace * no) / options.connections;
  while (performance.now() < endMs) {
    const waitMs = pace === 0 ? 0 : dueMs - performance.now();
    if (waitMs > 0.5) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // A late answer makes the next request late; its wait counts as latency, or slow answers would hide.
    const sentMs = pace === 0 ? performance.now() : Math.min(dueMs, performance.now());
    dueMs += pace;
    await exchange(socket, options.next(), options.accepts ?? 202);
    result.answered += 1;
    result.latenciesMs.push(performance.now() - sentMs);
  }
}

function exchange(socket: Socket, request: Buffer, accepts: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = "";
    const take = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      const done = isWhole(head);
      if (!done) return;
      socket.off("data", take);
      if (head.startsWith(`HTTP/1.1 ${accepts}`)) resolve();
      else reject(new Error(`answered with ${head.slice(0, 400)}`));
    };
    socket.on("data", take);
    socket.write(request);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  return text.length >= end + 4 + Number(length?.[1] ?? 0);
}

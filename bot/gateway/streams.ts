import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "koa";
import { type Frame, frameReader, frameText, isMinted, taskIdOf } from "../../core/gateway/index.ts";
import { inScope, objectOfTask } from "../../core/people/index.ts";
import type { DoorRequest } from "../../core/ports/index.ts";
import { isEnd } from "../../core/tasks/index.ts";
import { requestOf, type Seen, seenBy, send } from "./ask.ts";
import { findExecution, shownId } from "./executions.ts";
import type { Ask, GatewayParts } from "./parts.ts";

/** As StackStorm does: a bare newline, so that a stream with nothing to say is seen to live. */
const HEARTBEAT_MS = 25_000;
const RECONNECT_MS = 3_000;
const MAX_FRAME_CHARACTERS = 32_000_000;
/** What a client that reads too slowly may have outstanding; it is then cut off, and connects anew. */
const MAX_UNREAD_BYTES = 64_000_000;

interface Listening {
  ask: Ask;
  request: DoorRequest;
  /** Minted ids that were asked for, by the real ones. */
  asked: ReadonlyMap<string, string>;
  out: PassThrough;
  signal: AbortSignal;
  parts: GatewayParts;
}

/** The events of all clusters as one stream. A cluster that is gone is tried again and ends nothing. */
export async function streamEvents(ask: Ask, parts: GatewayParts): Promise<void> {
  const asked = await realIds(ask, parts);
  const seen = seenBy(ask, parts);
  if (!seen) return;
  const { out, signal } = openStream(ask.ctx, parts);
  const listening = { ask, request: requestOf(ask), asked, out, signal, parts };
  for (const cluster of seen) void follow(cluster, listening);
}

/** Begins an answer of events that lives until its reader goes, or the process does. */
export function openStream(
  ctx: Context,
  { longAnswers }: Pick<GatewayParts, "longAnswers">,
): { out: PassThrough; signal: AbortSignal } {
  const out = new PassThrough();
  const closing = new AbortController();
  const beat = setInterval(() => out.writableEnded || out.write("\n"), HEARTBEAT_MS);
  out.on("close", () => {
    clearInterval(beat);
    closing.abort();
  });
  ctx.status = 200;
  ctx.type = "text/event-stream";
  ctx.body = out;
  longAnswers.keep(ctx.res);
  out.write("\n");
  return { out, signal: closing.signal };
}

/** Puts real ids in the place of minted ones. One that does not run yet is heard of by REST alone. */
async function realIds(ask: Ask, parts: GatewayParts): Promise<Map<string, string>> {
  const real = new Map<string, string>();
  for (const name of ["execution_ids", "end_execution_id"]) {
    const ids = (ask.query.get(name) ?? "").split(",").filter((id) => id !== "");
    for (const id of ids.filter(isMinted)) {
      const found = await findExecution(ask, id, parts);
      if (found.outcome === "execution") real.set(found.id, id);
    }
    if (ids.length > 0) ask.query.set(name, ids.map((id) => realOf(id, real)).join(","));
  }
  return real;
}

function realOf(id: string, real: ReadonlyMap<string, string>): string {
  return [...real].find(([, minted]) => minted === id)?.[0] ?? id;
}

async function follow(cluster: Seen, listening: Listening): Promise<void> {
  const { out, signal, parts } = listening;
  while (!signal.aborted) {
    await listenTo(cluster, listening).catch((error: unknown) => {
      parts.log.warn({ cluster: cluster.name, err: error }, "a stream of a cluster broke off");
    });
    if (out.destroyed || out.writableEnded) return;
    await pause(RECONNECT_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function listenTo(cluster: Seen, listening: Listening): Promise<void> {
  const { request, out, signal, parts } = listening;
  const answer = await send(cluster.name, request, parts);
  if (!answer) return;
  const cut = () => void answer.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    if (answer.statusCode !== 200 || signal.aborted) return cut();
    const reader = frameReader(MAX_FRAME_CHARACTERS);
    const decoder = new StringDecoder("utf8");
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      for (const frame of reader.push(decoder.write(chunk)) ?? []) {
        const shown = await shownFrame(frame, cluster, listening);
        if (out.writableEnded) return cut();
        if (shown) out.write(frameText(shown));
        if (shown && isLast(frame, request)) out.end();
      }
      if (out.writableLength > MAX_UNREAD_BYTES) out.destroy();
    }
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

/** Whether the client wanted to hear until this: the end of one execution. */
function isLast({ event, data }: Frame, { query }: DoorRequest): boolean {
  const asked = new URLSearchParams(query);
  if (asked.get("end_event") !== event) return false;
  const row = rowOf(data);
  return row?.["id"] === asked.get("end_execution_id") && isEnd(String(row?.["status"]));
}

/** The frame as the caller may see it; null when it is not theirs. */
async function shownFrame(
  frame: Frame,
  { view }: Seen,
  { ask, asked, parts }: Listening,
): Promise<Frame | null> {
  const row = rowOf(frame.data);
  const taskId = taskIdOf(row);
  const task = taskId === null ? null : await parts.tasks.get(taskId);
  const isTheirs = view === "all" || (task !== null && inScope(ask.scope, objectOfTask(task)));
  if (!isTheirs) return null;
  const id = typeof row?.["id"] === "string" ? row["id"] : null;
  if (id === null || !frame.event.startsWith("st2.execution__")) return frame;
  const shown = asked.get(id) ?? (await shownId(row, parts));
  return shown === null ? frame : { ...frame, data: frame.data.replaceAll(`"${id}"`, `"${shown}"`) };
}

function rowOf(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Not every event is JSON: the end of an output is two quotes.
    return null;
  }
}

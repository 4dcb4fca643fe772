import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import type { Hint } from "../../core/ports/index.ts";
import type { StackStormOptions } from "./config.ts";
import type { ClientParts, Connection } from "./connection.ts";
import { parseStreamEvent } from "./schema.ts";
import type { Credentials } from "./session.ts";
import { readStream, type StreamEnd, type StreamListener, type StreamRequest } from "./stream.ts";

/** The execution id of the hint that means: the stream is connected, and whatever moved before was missed. */
export const EVERY_EXECUTION = "*";

/** The status of that hint. */
export const RECONNECTED = "reconnected";

const EVENTS = "st2.execution__update,st2.execution__create";

type OnHint = (hint: Hint) => void;

/** What a watch tells besides. */
export interface WatchOptions {
  signal: AbortSignal;
  /** True when the stream has brought a heartbeat or an event, false when it has ended after that. */
  onProven?: (proven: boolean) => void;
}

/**
 * Passes on what the event stream of a cluster says, and connects again whenever it ends, until the signal
 * aborts. After each connecting comes the hint `*` `reconnected`: read again everything that is open, since
 * the stream repeats nothing. Never throws.
 */
export async function watch(
  connection: Connection,
  onHint: OnHint,
  { signal, onProven = () => undefined, parts }: WatchOptions & { parts: ClientParts },
): Promise<void> {
  const listener = listenerOf(connection, { onHint, onProven }, parts);
  let failures = 0;
  while (!signal.aborted) {
    const end = await oneConnection(connection, listener, { signal, parts });
    if (end.proven) onProven(false);
    parts.metrics.gauge("stackstorm_stream_up", 0, { cluster: connection.cluster });
    if (signal.aborted) return;
    failures = end.proven ? 0 : failures + 1;
    noteEnd(connection, end, { failures, parts });
    await pauseUntil(reconnectDelayMs(failures, parts.options, Math.random()), signal);
  }
}

type WatchEnd = Omit<StreamEnd, "reason"> & { reason: StreamEnd["reason"] | "login_failed" };

async function oneConnection(
  connection: Connection,
  listener: StreamListener,
  { signal, parts }: { signal: AbortSignal; parts: ClientParts },
): Promise<WatchEnd> {
  try {
    const credentials = await connection.session.credentials();
    const end = await readStream(requestOf(connection, credentials, parts.options), listener, signal);
    if (end.status === 401) await connection.session.replace(credentials);
    return end;
  } catch (error) {
    const code = isChatOpsError(error) ? error.code : "unexpected";
    const message = connection.redact(errorText(error));
    parts.log.debug({ cluster: connection.cluster, code, message }, "stackstorm stream could not log in");
    return { reason: "login_failed", proven: false };
  }
}

function requestOf(
  connection: Connection,
  credentials: Credentials,
  options: StackStormOptions,
): StreamRequest {
  return {
    url: `${connection.addresses.stream}/v1/stream?events=${EVENTS}`,
    headers: { ...credentials, "x-request-id": randomUUID() },
    guard: connection.guard,
    silenceMs: options.streamSilenceMs,
    settleMs: options.streamSettleMs,
    maxLineBytes: options.maxStreamLineBytes,
  };
}

interface Hearer {
  onHint: OnHint;
  onProven(proven: boolean): void;
}

function listenerOf(
  { cluster }: Connection,
  { onHint, onProven }: Hearer,
  { log, metrics }: ClientParts,
): StreamListener {
  const tell = (executionId: string, status: string, requestId?: string) => {
    try {
      onHint({ cluster, executionId, status, ...(requestId === undefined ? {} : { requestId }) });
    } catch (error) {
      // A fault of the listener must not cost the stream, which would repeat nothing.
      log.error({ cluster, executionId, message: errorText(error) }, "a hint was not taken");
    }
  };
  return {
    onConnected: () => {
      log.info({ cluster }, "stackstorm stream connected");
      metrics.gauge("stackstorm_stream_up", 1, { cluster });
      tell(EVERY_EXECUTION, RECONNECTED);
    },
    onProven: () => onProven(true),
    onEvent: (name, data) => {
      const news = parseStreamEvent(name, data);
      metrics.count("stackstorm_stream_events", { cluster, outcome: news.outcome });
      if (news.outcome === "hint") tell(news.executionId, news.status, news.requestId);
    },
  };
}

interface EndFacts {
  failures: number;
  parts: ClientParts;
}

/** The first failure is told; those that follow say nothing new. */
function noteEnd({ cluster }: Connection, end: WatchEnd, { failures, parts }: EndFacts): void {
  const { reason, status } = end;
  parts.metrics.count("stackstorm_stream_ends", { cluster, reason });
  const fields = { cluster, reason, failures, ...(status === undefined ? {} : { status }) };
  if (failures === 1) parts.log.warn(fields, "stackstorm stream is down");
  else parts.log.debug(fields, "stackstorm stream ended");
}

/**
 * The pause before the stream is opened again after so many connections without a sign of life: between half
 * and all of a time that doubles, within the configured bounds. `random` is from 0 up to 1.
 */
export function reconnectDelayMs(
  failures: number,
  bounds: Pick<StackStormOptions, "streamBackoffMinMs" | "streamBackoffMaxMs">,
  random: number,
): number {
  const { streamBackoffMinMs: minMs, streamBackoffMaxMs: maxMs } = bounds;
  const topMs = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.max(minMs, Math.floor(topMs * (0.5 + random / 2)));
}

async function pauseUntil(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    // Aborted: the caller sees that by the signal.
  }
}

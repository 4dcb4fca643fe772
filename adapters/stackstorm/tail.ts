import { randomUUID } from "node:crypto";
import { errorText } from "../../core/errors.ts";
import type { Executor } from "../../core/ports/index.ts";
import type { ClientParts, Connection } from "./connection.ts";
import { isExecutionId } from "./execution.ts";
import { parsePiece } from "./schema.ts";
import { readStream, type StreamListener } from "./stream.ts";

type Tailed = Awaited<ReturnType<Executor["tail"]>>;

/** The end of an output stream (reference/stackstorm.md section 8). */
const END = "EOF";

/** Passes on what one execution has written and writes, until it ends or the stream does. Never throws. */
export async function tail(
  connection: Connection,
  executionId: string,
  { onText, signal, parts }: { onText: (text: string) => void; signal: AbortSignal; parts: ClientParts },
): Promise<Tailed> {
  if (!isExecutionId(executionId)) return { outcome: "ended" };
  const over = new AbortController();
  const seen = { end: false };
  const listener: StreamListener = {
    onConnected: () => undefined,
    onEvent: (name, data) => {
      if (name === END) {
        seen.end = true;
        return over.abort();
      }
      const piece = parsePiece(name, data);
      if (piece !== null) onText(connection.redact(piece));
    },
  };
  try {
    const request = await requestOf(connection, executionId, parts);
    const end = await readStream(request, listener, AbortSignal.any([signal, over.signal]));
    if (seen.end) return { outcome: "ended" };
    return { outcome: "cut", message: end.status === undefined ? end.reason : `HTTP ${end.status}` };
  } catch (error) {
    return { outcome: "cut", message: connection.redact(errorText(error)) };
  }
}

async function requestOf(connection: Connection, executionId: string, { options }: ClientParts) {
  const credentials = await connection.session.credentials();
  return {
    url: `${connection.addresses.stream}/v1/executions/${executionId}/output`,
    headers: { ...credentials, "x-request-id": randomUUID() },
    silenceMs: options.streamSilenceMs,
    settleMs: options.streamSettleMs,
    maxLineBytes: options.maxStreamLineBytes,
  };
}

import type { Duplex } from "node:stream";
import type { Logger, Metrics } from "../../core/ports/index.ts";

interface FaultAnswer {
  status: string;
  code: string;
}

const ANSWERS: Readonly<Record<string, FaultAnswer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", code: "too_slow" },
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", code: "headers_too_large" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: "413 Content Too Large", code: "too_large" },
};
const BAD_REQUEST: FaultAnswer = { status: "400 Bad Request", code: "bad_request" };

const MESSAGES: Readonly<Record<string, string>> = {
  too_slow: "请求没有按时发完 (the request did not come in time)",
  headers_too_large: "地址或请求头太大 (the address or the headers are too large)",
  too_large: "请求体分块的扩展太大 (the extensions of the body's chunks are too large)",
};

/** Clients that went away; nobody is there to be answered. */
const GONE: readonly string[] = ["ECONNRESET", "EPIPE"];

/** Whether the client broke its own request, by what it sent or by going away: no fault of this process. */
export function isClientFault(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("HPE_") || Object.hasOwn(ANSWERS, code) || GONE.includes(code);
}

/** Answers a request that is no HTTP, or never became whole, and ends its connection; counted and logged. */
export function answerFault(
  error: Error,
  socket: Duplex & { bytesWritten?: number },
  { log, metrics }: { log: Logger; metrics: Metrics },
): void {
  const fault = codeOf(error);
  if (GONE.includes(fault)) return void socket.destroy();
  const { status, code } = ANSWERS[fault] ?? BAD_REQUEST;
  metrics.count("events", { source: "-", outcome: code });
  log.warn({ code, reason: fault }, "request broken off");
  // Into an answer that has begun, this one would be taken for its end.
  if (!socket.writable || (socket.bytesWritten ?? 0) > 0) return void socket.destroy();
  const message = MESSAGES[code] ?? "这不是正确的 HTTP (this is not HTTP as it should be)";
  const body = JSON.stringify({ error: { code, message } });
  const head =
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  // Ended alone, the connection would stay for as long as the client likes.
  socket.end(head + body, () => socket.destroy());
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

import type { IncomingMessage } from "node:http";

export type BodyOutcome =
  | { outcome: "read"; bytes: Buffer }
  /** `head` is what came before the limit. */
  | { outcome: "too_large"; head: Buffer }
  | { outcome: "aborted" };

const HEAD_BYTES = 65_536;

/**
 * The raw bytes of a request, because signatures and stored bodies need them as they came. Stops reading at
 * the limit; compressed bodies are not unpacked.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      request.pause();
      resolve({ outcome: "too_large", head: Buffer.concat(chunks).subarray(0, HEAD_BYTES) });
    });
    request.on("end", () => resolve({ outcome: "read", bytes: joined(chunks) }));
    request.on("error", () => resolve({ outcome: "aborted" }));
    request.on("close", () => resolve({ outcome: "aborted" }));
  });
}

/** Most bodies come in one piece, which is the parser's own copy already. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

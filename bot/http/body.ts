import type { IncomingMessage } from "node:http";
import type { Room } from "../pressure/index.ts";

export type BodyOutcome =
  | { outcome: "read"; bytes: Buffer }
  /** `head` is what came before the limit. */
  | { outcome: "too_large"; head: Buffer }
  | { outcome: "aborted" };

/** Too much of other bodies is being read. */
export type NoRoom = { outcome: "no_room" };

const HEAD_BYTES = 65_536;

/** For bodies of those who have proved already who they are. */
const BOUNDLESS: Room = { take: () => true, give: () => undefined };

/**
 * The raw bytes of a request, because signatures and stored bodies need them as they came. Stops reading at
 * the limit, and where there is no room; compressed bodies are not unpacked.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyOutcome>;
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  room: Room,
): Promise<BodyOutcome | NoRoom>;
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  room: Room = BOUNDLESS,
): Promise<BodyOutcome | NoRoom> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let held = 0;
    let isOver = false;
    const end = (outcome: BodyOutcome | NoRoom): void => {
      if (isOver) return;
      isOver = true;
      room.give(held);
      resolve(outcome);
    };
    const stop = (outcome: BodyOutcome | NoRoom): void => {
      request.pause();
      end(outcome);
    };
    request.on("data", (chunk: Buffer) => {
      if (isOver) return;
      if (!room.take(chunk.length, held)) return stop({ outcome: "no_room" });
      held += chunk.length;
      chunks.push(chunk);
      if (held <= maxBytes) return;
      stop({ outcome: "too_large", head: Buffer.concat(chunks).subarray(0, HEAD_BYTES) });
    });
    request.on("end", () => end({ outcome: "read", bytes: joined(chunks) }));
    request.on("error", () => end({ outcome: "aborted" }));
    request.on("close", () => end({ outcome: "aborted" }));
  });
}

/** Most bodies come in one piece, which is the parser's own copy already. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

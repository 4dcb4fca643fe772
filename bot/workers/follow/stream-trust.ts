import { isEnd } from "../../../core/tasks/index.ts";

/** What is known of a cluster's event stream, and whether it may be relied on. */
export interface StreamTrust {
  /** It has shown that it is alive, or has ended. */
  proven(isAlive: boolean, nowMs: number): void;
  /** It has told of an execution. */
  told(executionId: string, status: string): void;
  /** The status that it told last of an execution; undefined when none, or long ago. */
  lastTold(executionId: string): string | undefined;
  /**
   * An end was found by asking. `openAtMs` is when the execution was last seen open: had the stream been alive since
   * then, it should have told of the end, at the latest soon.
   */
  endFound(executionId: string, seen: { openAtMs: number; nowMs: number }): void;
  /** Whether it is alive and has told of every end lately. */
  holds(nowMs: number): boolean;
}

const KEPT = 10_000;
/** So long after an end was found its event may still come. */
const LATE_MS = 5_000;
/** So long a stream is not relied on that kept an end to itself. */
const DOUBT_MS = 300_000;

/**
 * Makes the record of one stream, of which nothing is known yet. Heartbeats alone do not make it one to rely on: a
 * stream whose server has lost its queue still beats, and tells nothing.
 */
export function createStreamTrust(): StreamTrust {
  const heard = new Map<string, string>();
  const untold = new Map<string, number>();
  let aliveSinceMs: number | null = null;
  let doubtedUntilMs = Number.NEGATIVE_INFINITY;

  const weigh = (nowMs: number) => {
    for (const [id, foundAtMs] of untold) {
      if (nowMs - foundAtMs < LATE_MS) return;
      untold.delete(id);
      doubtedUntilMs = nowMs + DOUBT_MS;
    }
  };
  return {
    proven: (isAlive, nowMs) => {
      aliveSinceMs = isAlive ? nowMs : null;
      untold.clear();
    },
    told: (id, status) => {
      untold.delete(id);
      heard.delete(id);
      heard.set(id, status);
      if (heard.size > KEPT) for (const oldest of heard.keys()) return void heard.delete(oldest);
    },
    lastTold: (id) => heard.get(id),
    endFound: (id, { openAtMs, nowMs }) => {
      const wasAlive = aliveSinceMs !== null && aliveSinceMs < openAtMs;
      if (wasAlive && !isEnd(heard.get(id) ?? "") && untold.size < KEPT) untold.set(id, nowMs);
    },
    holds: (nowMs) => {
      weigh(nowMs);
      return aliveSinceMs !== null && nowMs >= doubtedUntilMs;
    },
  };
}

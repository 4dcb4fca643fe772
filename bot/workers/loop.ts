import { errorText } from "../../core/errors.ts";
import type { Clock, Logger } from "../../core/ports/index.ts";

/** What one round of work leaves. */
export interface RoundResult {
  /** There is more to do right now. */
  more: boolean;
  /**
   * When something falls due, in milliseconds; null when nothing waits. As a function it is asked only by a worker
   * that would sleep: not when there is more, nor when it was woken in between.
   */
  nextDueAtMs: number | null | (() => Promise<number | null>);
}

export interface LoopOptions {
  name: string;
  clock: Clock;
  log: Logger;
  /** Looks again after this time even when nothing woke it, in milliseconds. */
  maxIdleMs: number;
  /** One round. Never two at the same time. */
  round: () => Promise<RoundResult>;
}

/** A worker that sleeps until it is woken or something falls due. */
export interface Loop {
  wake(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** Starts a worker. A round that throws is logged and tried again after a growing pause. */
export function startLoop(options: LoopOptions): Loop {
  const { name, clock, log, maxIdleMs, round } = options;
  let stopped = false;
  let woken = true;
  let failures = 0;
  let ring: (() => void) | null = null;

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const pauseAfter = async (): Promise<number> => {
    try {
      const { more, nextDueAtMs } = await round();
      const goesOn = more || woken;
      const dueAtMs = goesOn ? null : await dueOf(nextDueAtMs);
      failures = 0;
      if (goesOn) return 0;
      const untilDue = dueAtMs === null ? maxIdleMs : dueAtMs - clock.nowMs();
      return Math.max(1, Math.min(maxIdleMs, untilDue));
    } catch (error) {
      failures++;
      log.error({ worker: name, failures, err: error, reason: errorText(error) }, "worker round failed");
      return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
    }
  };

  const run = async () => {
    while (!stopped) {
      woken = false;
      const pauseMs = await pauseAfter();
      if (pauseMs > 0 && !stopped && (!woken || failures > 0)) await sleep(pauseMs);
    }
  };
  const running = run();
  return {
    wake: () => {
      woken = true;
      if (failures === 0) ring?.();
    },
    stop: async () => {
      stopped = true;
      ring?.();
      await running;
    },
  };
}

/** Starts a worker that does the same again and again, with this much time in between. */
export function startRepeating(
  act: () => Promise<void>,
  { everyMs, ...options }: Omit<LoopOptions, "round" | "maxIdleMs"> & { everyMs: number },
): Loop {
  const round = async () => {
    await act();
    return { more: false, nextDueAtMs: null };
  };
  return startLoop({ ...options, maxIdleMs: everyMs, round });
}

async function dueOf(nextDueAtMs: RoundResult["nextDueAtMs"]): Promise<number | null> {
  return typeof nextDueAtMs === "function" ? nextDueAtMs() : nextDueAtMs;
}

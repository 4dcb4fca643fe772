import type { Finding } from "./health.ts";

/** Why a look failed. `unauthorised`: it answers, and takes our credentials no more. */
export type ProbeFault = "no_answer" | "unauthorised" | "bad_answer";

/** What one look at a cluster found. */
export type Probe =
  | {
      outcome: "up";
      version: string;
      tookMs: number;
      /** How far its clock is ahead of ours; null where it does not tell the time. */
      skewMs: number | null;
      /** Runs of ours that have waited too long to be taken up: its queue or its workers stand still. */
      stuck: number;
    }
  | { outcome: "down"; fault: ProbeFault; message: string; tookMs: number; skewMs: number | null };

/** What became of an action without effect, run to prove that actions run. */
export type CanaryResult = { outcome: "passed"; tookMs: number } | { outcome: "failed"; message: string };

/** Everything that is known of a cluster at one look. */
export interface Seen {
  probe: Probe;
  /** The last canary's result; absent where none was run. */
  canary?: CanaryResult;
  /** Starts in a row that were not answered, if the last was not long ago. */
  failedStarts: number;
  /** So many requests in a row have failed that none is sent any more. */
  isCut: boolean;
}

/** From so many starts in a row without an answer on it is not healthy. */
export const STARTS_IN_A_ROW = 3;
/** One run may have been lost; so many that wait are a queue that stands still. */
export const STUCK_RUNS = 3;
/** From here on times of the two sides cannot be compared any more without care. */
export const CLOCK_OFF_MS = 60_000;

/** What a look says, by its layers: the first that fails decides. */
export function findingOf({ probe, canary, failedStarts, isCut }: Seen): Finding {
  if (probe.outcome === "down") {
    const { fault: reason, message } = probe;
    return { verdict: "down", reason, message, ...(isCut ? { isSure: true } : {}) };
  }
  const degraded = (reason: Finding["reason"], message: string): Finding => {
    return { verdict: "degraded", reason, message, version: probe.version };
  };
  if (canary?.outcome === "failed") return degraded("canary_failed", canary.message);
  if (failedStarts >= STARTS_IN_A_ROW) return degraded("starts_fail", `${failedStarts}`);
  if (probe.stuck >= STUCK_RUNS) return degraded("queue_stuck", `${probe.stuck}`);
  const { skewMs } = probe;
  if (skewMs !== null && Math.abs(skewMs) >= CLOCK_OFF_MS) return degraded("clock_off", skewText(skewMs));
  return { verdict: "up", reason: "answers", message: "", version: probe.version };
}

/** `+183 s`: by how much the cluster's clock is ahead. */
export function skewText(skewMs: number): string {
  const seconds = Math.round(skewMs / 1000);
  return `${seconds > 0 ? "+" : ""}${seconds} s`;
}

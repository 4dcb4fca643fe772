import { grantedAtMs } from "../outbox/index.ts";
import type { Grant, TakeRequest } from "../throttle/bucket.ts";
import type { RunRequest } from "./run.ts";

/** How many runs may be asked for by hand. */
export interface RunLimits {
  /** By one person, and with one token, within a minute on the average; as many may come at once. Default 20. */
  perMinute: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = { perMinute: 20 };

const MINUTE_MS = 60_000;

/** What one request takes of its person's room and, where it came by a token, of the token's. */
export function runWish(
  { by, token }: Pick<RunRequest, "by" | "token">,
  { perMinute }: RunLimits,
  atMs: number,
): TakeRequest {
  const room = { limit: perMinute, perMs: MINUTE_MS, burst: perMinute };
  const also = token === undefined ? [] : [{ ...room, key: `#run-token:${token}` }];
  return { ...room, key: `#run:${by}`, also, grantId: "", atMs, isNow: true };
}

/** How long a request has to wait; 0 when it need not. */
export function runWaitMs(grant: Grant | undefined, nowMs: number): number {
  return grant?.outcome === "held" ? Math.max(1, Math.ceil(grantedAtMs(grant) - nowMs)) : 0;
}

import type { SourceLimits } from "../../core/events/index.ts";
import { type Bucket, takeToken } from "../../core/throttle/index.ts";

/** Lets each source send at its own rate. Kept in memory: after a restart each may burst once more. */
export interface RateGate {
  /** Null when the request may pass, else the whole seconds after which to try again. */
  take(source: string, limits: SourceLimits | undefined, nowMs: number): number | null;
  /** Gives back what a request took that turned out to bring nothing new; never more than a source may burst. */
  giveBack(source: string, limits: SourceLimits | undefined): void;
}

/** Makes a gate in which nobody has sent anything yet. */
export function rateGate(): RateGate {
  const buckets = new Map<string, Bucket>();
  return {
    take: (source, limits, nowMs) => {
      const limit = limits?.perSecond;
      if (limit === undefined) return null;
      const known = buckets.get(source);
      // A clock that was moved back must not hold a sender until it has caught up.
      const before = known && { ...known, atMs: Math.min(known.atMs, nowMs) };
      const request = {
        grantId: "",
        key: source,
        limit,
        perMs: 1000,
        burst: burstOf(limit, limits),
        atMs: nowMs,
      };
      const { grant, bucket } = takeToken(before, request);
      buckets.set(source, bucket);
      if (grant.outcome === "granted") return null;
      return Math.max(1, Math.ceil((grant.bucket.nextAtMs - nowMs) / 1000));
    },
    giveBack: (source, limits) => {
      const bucket = buckets.get(source);
      const limit = limits?.perSecond;
      if (!bucket || limit === undefined) return;
      buckets.set(source, { ...bucket, tokens: Math.min(burstOf(limit, limits), bucket.tokens + 1) });
    },
  };
}

function burstOf(limit: number, limits: SourceLimits | undefined): number {
  return limits?.burst ?? Math.max(1, Math.ceil(limit));
}

import { LRUCache } from "lru-cache";
import { type Bucket, takeToken } from "../../core/throttle/index.ts";

/** How often logins may be tried from one address: a whole office may stand behind it. */
const LIMIT = { limit: 60, perMs: 60_000, burst: 60 };
const MAX_ADDRESSES = 10_000;

/** Bounds logins, each of which costs a call to the chat. */
export interface LoginGate {
  /** Null when it may go on, else the whole seconds after which to try again. */
  take(address: string, nowMs: number): number | null;
}

/** Makes a gate that nobody has passed yet. */
export function createLoginGate(): LoginGate {
  const buckets = new LRUCache<string, Bucket>({ max: MAX_ADDRESSES });
  return {
    take: (address, nowMs) => {
      const known = buckets.get(address);
      // A clock that was moved back must not keep people out until it has caught up.
      const before = known && { ...known, atMs: Math.min(known.atMs, nowMs) };
      const { grant, bucket } = takeToken(before, { ...LIMIT, grantId: "", key: address, atMs: nowMs });
      buckets.set(address, bucket);
      if (grant.outcome === "granted") return null;
      return Math.max(1, Math.ceil((grant.bucket.nextAtMs - nowMs) / 1000));
    },
  };
}

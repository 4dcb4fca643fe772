import { type Bucket, type Grant, type TakeRequest, takeToken } from "../throttle/bucket.ts";
import type { VirtualBucket } from "./replay.ts";

/** Token buckets of a rehearsal alone: the true ones are neither asked nor changed. */
export interface VirtualThrottle {
  take(request: TakeRequest): Grant;
  /** The buckets that are not full at an instant; all others are as if they had never been. */
  buckets(atMs: number): VirtualBucket[];
}

/** Goes on from kept buckets. Requests are to come in the order of their instants. */
export function virtualThrottle(kept: readonly VirtualBucket[]): VirtualThrottle {
  const buckets = new Map(kept.map(({ key, ...bucket }) => [key, bucket]));
  return {
    take: (request) => {
      const { grant, bucket } = takeToken(buckets.get(request.key), request);
      buckets.set(request.key, { ...bucket, fullAtMs: fullAtMs(bucket, request) });
      return grant;
    },
    buckets: (atMs) => {
      for (const [key, bucket] of buckets) if (bucket.fullAtMs <= atMs) buckets.delete(key);
      return [...buckets].map(([key, bucket]) => ({ key, ...bucket }));
    },
  };
}

function fullAtMs({ tokens, atMs }: Bucket, { burst, perMs, limit }: TakeRequest): number {
  return atMs + (burst - tokens) * (perMs / limit);
}

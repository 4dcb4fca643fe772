import {
  type Bucket,
  type BucketSpec,
  bucketsAsked,
  fullAtMs,
  type Grant,
  type TakeRequest,
  takeTokens,
} from "../throttle/bucket.ts";
import type { VirtualBucket } from "./replay.ts";

/** Token buckets of a rehearsal alone: the true ones are neither asked nor changed. */
export interface VirtualThrottle {
  take(request: TakeRequest): Grant;
  /** The buckets that are not full at an instant; all others are as if they had never been. */
  buckets(atMs: number): VirtualBucket[];
}

/** Goes on from kept buckets. Requests are to come in the order of their instants. */
export function virtualThrottle(kept: readonly VirtualBucket[]): VirtualThrottle {
  const stored = new Map(kept.map(({ key, ...bucket }) => [key, bucket]));
  return {
    take: (request) => {
      const asked = bucketsAsked(request);
      const { grant, buckets } = takeTokens(
        asked.map(({ key }) => stored.get(key)),
        request,
      );
      for (let index = 0; index < asked.length; index += 1) {
        const [spec, bucket] = [asked[index] as BucketSpec, buckets[index] as Bucket];
        const { tokens, atMs, held } = bucket;
        stored.set(spec.key, { tokens, atMs, held, fullAtMs: fullAtMs(bucket, spec) });
      }
      return grant;
    },
    buckets: (atMs) => {
      for (const [key, bucket] of stored) if (bucket.fullAtMs <= atMs) stored.delete(key);
      return [...stored].map(([key, bucket]) => ({ key, ...bucket }));
    },
  };
}

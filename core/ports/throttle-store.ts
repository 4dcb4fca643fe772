import type { BucketView, Grant, TakeRequest } from "../throttle/bucket.ts";

/** Token buckets. Taking is atomic and idempotent by grant id. */
export interface ThrottleStore {
  /** Judges the requests in order. A grant id that was answered before gets the same answer. Durable when it returns. */
  take(requests: readonly TakeRequest[]): Promise<Grant[]>;
  /** The bucket as last judged; null when there is none. */
  show(key: string): Promise<BucketView | null>;
  /** Forgets grants judged before this instant, and buckets that have long been full. */
  trim(olderThanMs: number): Promise<number>;
}

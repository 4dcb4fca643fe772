import type { BucketView, Grant, TakeRequest } from "../throttle/bucket.ts";

/** Token buckets. Taking is atomic over all buckets of a request, and idempotent by grant id. */
export interface ThrottleStore {
  /**
   * Judges the requests in order. A token is taken of every bucket that a request asks, or of none. A grant id
   * that was answered before gets the same answer, whatever it asks for now, unless it is empty. Durable when it returns.
   */
  take(requests: readonly TakeRequest[]): Promise<Grant[]>;
  /** The bucket as last judged; null when there is none. */
  show(key: string): Promise<BucketView | null>;
  /**
   * Forgets grants judged before this instant, and buckets that have long been full; and where more than
   * `MAX_BUCKETS` are left, those over it that are full the soonest. A forgotten bucket counts as full.
   */
  trim(olderThanMs: number): Promise<number>;
}

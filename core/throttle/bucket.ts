/** A token bucket as it is stored. Tokens are whole or part; `atMs` is the latest instant it was judged at. */
export interface Bucket {
  tokens: number;
  atMs: number;
}

/** One wish for a token. */
export interface TakeRequest {
  /** The task's id: a repeat with the same id gets the first answer. */
  grantId: string;
  /** Bucket name: rule id and rendered key. */
  key: string;
  limit: number;
  perMs: number;
  burst: number;
  /** The event's `receivedAt` in milliseconds. */
  atMs: number;
}

/** The bucket as a verdict shows it. */
export interface BucketView {
  key: string;
  tokens: number;
  burst: number;
  /** When the next token will be there, in milliseconds; the judged instant when one is there already. */
  nextAtMs: number;
}

export interface Grant {
  outcome: "granted" | "held";
  reason: "token_taken" | "no_token";
  bucket: BucketView;
}

/** Rounding in the refill must not hold back a token that is due now. */
const WHOLE_TOKEN = 1 - 1e-9;

/**
 * Judges one request at its own instant. The bucket's clock never goes backwards: a request from before the
 * last one is judged at the last one's instant, so a late event cannot refill a bucket twice.
 */
export function takeToken(
  bucket: Bucket | undefined,
  request: TakeRequest,
): { grant: Grant; bucket: Bucket } {
  const atMs = bucket ? Math.max(bucket.atMs, request.atMs) : request.atMs;
  const perToken = request.perMs / request.limit;
  const before = bucket ? bucket.tokens + (atMs - bucket.atMs) / perToken : request.burst;
  const full = Math.min(request.burst, before);
  const granted = full >= WHOLE_TOKEN;
  const tokens = granted ? Math.max(0, full - 1) : full;
  const nextAtMs = tokens >= WHOLE_TOKEN ? atMs : atMs + Math.ceil((WHOLE_TOKEN - tokens) * perToken);
  const view: BucketView = { key: request.key, tokens, burst: request.burst, nextAtMs };
  const grant: Grant = granted
    ? { outcome: "granted", reason: "token_taken", bucket: view }
    : { outcome: "held", reason: "no_token", bucket: view };
  return { grant, bucket: { tokens, atMs } };
}

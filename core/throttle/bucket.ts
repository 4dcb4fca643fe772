/** What a token bucket is: `limit` tokens come back per `perMs`, and it holds `burst` at most. */
export interface BucketSpec {
  /** Bucket name: rule id and rendered key, or the name of a shared bucket. */
  key: string;
  limit: number;
  perMs: number;
  burst: number;
  /** How many tokens one wish takes of it. Default 1; more than it can hold is never granted. */
  take?: number;
}

/** A token bucket as it is stored. Tokens are whole or part; `atMs` is the latest instant it was judged at. */
export interface Bucket {
  tokens: number;
  atMs: number;
  /** How many wishes were held back since its last token was taken. */
  held: number;
}

/** One wish for a token of a bucket, and of each of some others too: of all of them or of none. */
export interface TakeRequest extends BucketSpec {
  /** The task's id: a repeat with the same id gets the first answer. Empty: no answer is remembered. */
  grantId: string;
  /** The event's `receivedAt` in milliseconds. */
  atMs: number;
  /** `atMs` is no event's but the time of the asking, so that a clock that was set back is told from a late event. */
  isNow?: true;
  /** The other buckets, each with a name of its own. */
  also?: readonly BucketSpec[];
}

/** The bucket as a verdict shows it. */
export interface BucketView {
  key: string;
  tokens: number;
  burst: number;
  /** When what a wish takes will be there, in milliseconds; the judged instant when it is there already. */
  nextAtMs: number;
  /** How many wishes were held back since its last token was taken. */
  held: number;
}

export interface Grant {
  outcome: "granted" | "held";
  reason: "token_taken" | "no_token";
  /** The bucket that decided: where one holds back, the one whose next token comes last; else the first. */
  bucket: BucketView;
  /** The other buckets that were asked. */
  also?: BucketView[];
  /** Of a granted wish: how many the first bucket held back since the token before. */
  heldBefore: number;
}

/** Rounding in the refill must not hold back a token that is due now. */
const ROUNDING = 1e-9;
const WHOLE_TOKEN = 1 - ROUNDING;

/** The clocks of processes may differ by this much; a bucket that was judged later was so before they were set back. */
export const CLOCK_SKEW_MS = 60_000;

/** The most buckets that a store keeps; over it, those that are full the soonest are forgotten first. */
export const MAX_BUCKETS = 100_000;

/** Every bucket that a wish asks, the first one first. */
export function bucketsAsked({ key, limit, perMs, burst, take = 1, also = [] }: TakeRequest): BucketSpec[] {
  return [{ key, limit, perMs, burst, take }, ...also];
}

/**
 * Judges one request at its own instant, by its buckets in the order of `bucketsAsked`; undefined is one that
 * never was, or that has long been full. A bucket's clock never goes backwards: a request from before the last
 * one is judged at the last one's instant, so a late event cannot refill a bucket twice. Only a wish of now goes by its
 * own instant where the last one is far ahead: else a clock that was set back would keep a bucket empty until it has
 * caught up. A token is taken of every bucket or of none.
 */
export function takeTokens(
  stored: readonly (Bucket | undefined)[],
  request: TakeRequest,
): { grant: Grant; buckets: Bucket[] } {
  const asked = bucketsAsked(request).map((spec, index) => refilled(stored[index], spec, request));
  const granted = asked.every(({ tokens, needed }) => tokens >= needed - ROUNDING);
  const judged = asked.map((one) => settled(one, granted));
  const views = judged.map(({ view }) => view);
  const grant = grantOf(granted, views, asked[0]?.held ?? 0);
  return { grant, buckets: judged.map(({ bucket }) => bucket) };
}

/** As `takeTokens`, of one bucket alone. */
export function takeToken(
  bucket: Bucket | undefined,
  request: Omit<TakeRequest, "also">,
): { grant: Grant; bucket: Bucket } {
  const { grant, buckets } = takeTokens([bucket], request);
  return { grant, bucket: buckets[0] as Bucket };
}

/** The answer over the buckets as they are after it, in the order of `bucketsAsked`. */
export function grantOf(granted: boolean, views: readonly BucketView[], heldBefore: number): Grant {
  const without = views.filter(({ tokens }) => tokens < WHOLE_TOKEN);
  // Where more than one token is wished for, one that has some may be short too.
  const short = without.length > 0 ? without : views;
  const latest = Math.max(...short.map(({ nextAtMs }) => nextAtMs));
  const decider = granted ? views[0] : short.find(({ nextAtMs }) => nextAtMs === latest);
  const bucket = decider ?? (views[0] as BucketView);
  const also = views.filter((view) => view !== bucket);
  const rest = also.length > 0 ? { also } : {};
  return granted
    ? { outcome: "granted", reason: "token_taken", bucket, ...rest, heldBefore }
    : { outcome: "held", reason: "no_token", bucket, ...rest, heldBefore: 0 };
}

/** From when on a bucket is full again, so that nothing needs to be kept of it. */
export function fullAtMs({ tokens, atMs }: Bucket, { burst, perMs, limit }: BucketSpec): number {
  return atMs + (burst - tokens) * (perMs / limit);
}

interface Refilled extends Bucket {
  spec: BucketSpec;
  perToken: number;
  needed: number;
}

function refilled(
  bucket: Bucket | undefined,
  spec: BucketSpec,
  wish: Pick<TakeRequest, "atMs" | "isNow">,
): Refilled {
  const perToken = spec.perMs / spec.limit;
  const atMs = bucket ? judgedAtMs(bucket, wish) : wish.atMs;
  const before = bucket ? bucket.tokens + Math.max(0, atMs - bucket.atMs) / perToken : spec.burst;
  const tokens = Math.min(spec.burst, before);
  return { spec, perToken, needed: spec.take ?? 1, atMs, tokens, held: bucket?.held ?? 0 };
}

function judgedAtMs({ atMs: lastMs }: Bucket, { atMs, isNow }: Pick<TakeRequest, "atMs" | "isNow">): number {
  const wasSetBack = isNow === true && lastMs - atMs > CLOCK_SKEW_MS;
  return wasSetBack ? atMs : Math.max(lastMs, atMs);
}

function settled(
  { spec, perToken, needed, atMs, tokens: full, held: before }: Refilled,
  granted: boolean,
): { bucket: Bucket; view: BucketView } {
  const tokens = granted ? Math.max(0, full - needed) : full;
  const held = granted ? 0 : before + 1;
  const lacking = needed - ROUNDING - tokens;
  const nextAtMs = lacking <= 0 ? atMs : atMs + Math.ceil(lacking * perToken);
  const view: BucketView = { key: spec.key, tokens, burst: spec.burst, nextAtMs, held };
  return { bucket: { tokens, atMs, held }, view };
}

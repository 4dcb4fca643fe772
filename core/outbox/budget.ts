import type { Lane } from "../ports/task-store.ts";
import type { BucketSpec, BucketView, Grant, TakeRequest } from "../throttle/bucket.ts";

/** What WeCom takes of us (reference/wecom.md 5.1). What is over a person's budget it drops and says nothing. */
export interface BudgetLimits {
  /** Most messages to one person within a minute; within an hour there are 30.5 times as many. Default 24. */
  memberPerMinute: number;
  /** Accounts that the company may have; each lets an app send 200 messages to one person a day. Default 500. */
  accounts: number;
  /** Most calls of one API within a minute, on the average. Default 2,400. */
  callsPerMinute: number;
}

/** Where nothing is said: well under 30 a minute and 1,000 an hour to one person, and 150,000 calls an hour. */
export const DEFAULT_BUDGETS: BudgetLimits = { memberPerMinute: 24, accounts: 500, callsPerMinute: 2_400 };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PER_ACCOUNT_AND_DAY = 200;
/** What others than approvals may have of the app's day. */
const LOW_SHARE_OF_DAY = 0.8;

/**
 * Each level is a part of the one before: what may be told at once, out of what is for digests too, out of what is
 * for answers too, out of everything. So answers always have something left, and approvals the most.
 */
const LEVELS = ["member", "low", "bulk", "direct"] as const;
type Level = (typeof LEVELS)[number];
const SHARES: Record<Level, { rate: number; burst: number }> = {
  member: { rate: 1, burst: 1 },
  low: { rate: 7 / 12, burst: 7 / 12 },
  bulk: { rate: 5 / 12, burst: 5 / 12 },
  direct: { rate: 3 / 12, burst: 5 / 12 },
};
/** How deep a lane's messages are bound. */
const DEPTHS: Record<Lane, number> = { 1: 1, 3: 2, 5: 3, 2: 4, 4: 4 };

/** A try that is made again may have sent before, so that it takes anew. */
const NOT_REMEMBERED = "";

/** Begins no rule's id and no shared bucket's name. */
const MARK = "#";

/** The buckets that one message to a person takes of, in a lane; the widest first. */
export function memberBuckets(userId: string, lane: Lane, limits: BudgetLimits): BucketSpec[] {
  // A bucket that was full gives its burst and what comes back: half of each keeps any minute within the limit.
  const half = limits.memberPerMinute / 2;
  return LEVELS.slice(0, DEPTHS[lane]).map((level) => ({
    key: `${MARK}${level}:${userId.toLowerCase()}`,
    limit: Math.max(1, half * SHARES[level].rate),
    perMs: MINUTE_MS,
    burst: Math.max(1, Math.floor(half * SHARES[level].burst)),
  }));
}

function appBuckets(lane: Lane, personTimes: number, { accounts }: BudgetLimits): BucketSpec[] {
  const half = (accounts * PER_ACCOUNT_AND_DAY) / 2;
  const day = { key: `${MARK}app`, limit: half, perMs: DAY_MS, burst: half, take: personTimes };
  if (lane === 1) return [day];
  const low = half * LOW_SHARE_OF_DAY;
  return [day, { ...day, key: `${MARK}app:low`, limit: low, burst: low }];
}

/** Some messages to some people, for all of whom there must be room. */
export interface Sending {
  recipients: readonly string[];
  lane: Lane;
  /** How many messages each of them gets. */
  messages: number;
  atMs: number;
}

/** What a sending takes of the budgets: all of it, or nothing. */
export function sendingWish(sending: Sending, limits: BudgetLimits): TakeRequest {
  const { recipients, lane, messages, atMs } = sending;
  const members = recipients.flatMap((userId) => memberBuckets(userId, lane, limits));
  const app = appBuckets(lane, recipients.length * messages, limits);
  const [first, ...also] = [...app, ...members.map((bucket) => ({ ...bucket, take: messages }))].map(
    holdable,
  );
  return { ...(first as BucketSpec), also, atMs, isNow: true, grantId: NOT_REMEMBERED };
}

/** What is more than a bucket can ever hold waits until it is full, not for ever. */
function holdable({ take = 1, ...bucket }: BucketSpec): BucketSpec {
  return { ...bucket, take: Math.min(take, bucket.burst) };
}

/** What one call of an API takes that sends nothing to people. */
export function callWish(api: string, atMs: number, { callsPerMinute: limit }: BudgetLimits): TakeRequest {
  return {
    key: `${MARK}api:${api}`,
    limit,
    perMs: MINUTE_MS,
    burst: 2 * limit,
    atMs,
    isNow: true,
    grantId: NOT_REMEMBERED,
  };
}

/** The most messages that one text may be, so that its person's budget can ever hold it. */
export function mostMessages(lane: Lane, limits: BudgetLimits): number {
  return Math.min(...memberBuckets("", lane, limits).map(({ burst }) => burst));
}

/** When everything that was held back for is there, as far as is known now. */
export function grantedAtMs({ bucket, also = [] }: Grant): number {
  return Math.max(...[bucket, ...also].map(({ nextAtMs }) => nextAtMs));
}

/**
 * How many messages of a lane a person may get at this instant, out of the buckets as they were last judged, in the
 * order of `memberBuckets`; null is one that was never used. Never more than the truth.
 */
export function messagesLeft(
  views: readonly (BucketView | null)[],
  specs: readonly BucketSpec[],
  nowMs: number,
): number {
  return Math.min(
    ...specs.map((spec, index) => Math.floor(tokensAt(views[index] ?? null, spec, nowMs) + 1e-9)),
  );
}

function tokensAt(view: BucketView | null, { burst, perMs, limit }: BucketSpec, nowMs: number): number {
  if (view === null) return burst;
  const sinceMs = nowMs - view.nextAtMs;
  if (sinceMs < 0) return Math.max(0, view.tokens);
  return Math.min(burst, Math.max(1, view.tokens) + (sinceMs * limit) / perMs);
}

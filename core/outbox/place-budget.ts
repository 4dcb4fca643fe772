import { hashOf } from "../ids/index.ts";
import { type BucketSpec, type BucketView, CLOCK_SKEW_MS, type TakeRequest } from "../throttle/bucket.ts";

/** What WeCom takes in one conversation of the AI bot. */
export interface ChatLimits {
  perMinute: number;
  perHour: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** WeCom blocks a robot over 20 in a minute (reference/wecom.md 3.12). */
const ROBOT_PER_MINUTE = 18;
/** A try that is made again may have sent before, so that it takes anew. */
const NOT_REMEMBERED = "";

/** People who talk to the bot want many answers at once, and then few. */
const TALK_AT_ONCE = 0.7;
const HALF = 0.5;

interface Span {
  /** The most messages within any such span. */
  most: number;
  perMs: number;
  /** The part of them that may come at once. */
  atOnce: number;
}

/** A bucket that was full gives its burst and what comes back: both together keep any span within the limit. */
function bucketOf(key: string, { most, perMs, atOnce }: Span): BucketSpec {
  const burst = Math.max(1, Math.floor(most * atOnce));
  return { key, limit: Math.max(most - burst, most / 10), perMs, burst };
}

const ROBOT_MINUTE: Span = { most: ROBOT_PER_MINUTE, perMs: MINUTE_MS, atOnce: HALF };

/** The most messages that one text of a robot may be, so that its budget can ever hold it. */
export const ROBOT_MESSAGES = ROBOT_PER_MINUTE * HALF;

/** What some messages of a group's robot take. Its key is a secret, which no store is told. */
export function robotWish(key: string, messages: number, atMs: number): TakeRequest {
  const bucket = bucketOf(`#robot:${markOf(key)}`, ROBOT_MINUTE);
  return { ...bucket, take: messages, grantId: NOT_REMEMBERED, atMs, isNow: true };
}

/** What leaves a robot alone for a minute once WeCom has refused it as too busy. */
export function robotRestWish(key: string, atMs: number): TakeRequest {
  return {
    key: robotRestKey(key),
    ...{ limit: 1, perMs: MINUTE_MS, burst: 1, grantId: NOT_REMEMBERED, atMs, isNow: true },
  };
}

/** The bucket that `robotRestWish` empties. */
export function robotRestKey(key: string): string {
  return `#robot-rests:${markOf(key)}`;
}

/**
 * Until when a robot is left alone, by the bucket of its rest; null when it may write. A rest that would be far longer
 * than any was begun before the clock was set back.
 */
export function restsUntilMs(rest: BucketView | null, nowMs: number): number | null {
  const leftMs = rest === null ? 0 : rest.nextAtMs - nowMs;
  return rest !== null && leftMs > 0 && leftMs <= MINUTE_MS + CLOCK_SKEW_MS ? rest.nextAtMs : null;
}

/** What one message takes in a conversation of the AI bot. */
export function chatWish(
  { botId, chatId }: { botId: string; chatId: string },
  { perMinute, perHour }: ChatLimits,
  atMs: number,
): TakeRequest {
  const key = `#aibot:${botId}:${chatId}`;
  const minute = bucketOf(key, { most: perMinute, perMs: MINUTE_MS, atOnce: TALK_AT_ONCE });
  const hour = bucketOf(`${key}:hour`, { most: perHour, perMs: HOUR_MS, atOnce: HALF });
  return { ...minute, also: [hour], grantId: NOT_REMEMBERED, atMs, isNow: true };
}

function markOf(key: string): string {
  return hashOf(key).slice(0, 24);
}

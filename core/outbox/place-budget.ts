import { hashOf } from "../ids/index.ts";
import type { BucketSpec, BucketView, TakeRequest } from "../throttle/bucket.ts";

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

/** A bucket that was full gives its burst and what comes back: half of each keeps any span within the limit. */
function halves(key: string, most: number, perMs: number): BucketSpec {
  return { key, limit: most / 2, perMs, burst: Math.max(1, Math.floor(most / 2)) };
}

/** The most messages that one text of a robot may be, so that its budget can ever hold it. */
export const ROBOT_MESSAGES = ROBOT_PER_MINUTE / 2;

/** What some messages of a group's robot take. Its key is a secret, which no store is told. */
export function robotWish(key: string, messages: number, atMs: number): TakeRequest {
  const bucket = halves(`#robot:${markOf(key)}`, ROBOT_PER_MINUTE, MINUTE_MS);
  return { ...bucket, take: messages, grantId: NOT_REMEMBERED, atMs };
}

/** What leaves a robot alone for a minute once WeCom has refused it as too busy. */
export function robotRestWish(key: string, atMs: number): TakeRequest {
  return {
    key: robotRestKey(key),
    ...{ limit: 1, perMs: MINUTE_MS, burst: 1, grantId: NOT_REMEMBERED, atMs },
  };
}

/** The bucket that `robotRestWish` empties. */
export function robotRestKey(key: string): string {
  return `#robot-rests:${markOf(key)}`;
}

/** Until when a robot is left alone, by the bucket of its rest; null when it may write. */
export function restsUntilMs(rest: BucketView | null, nowMs: number): number | null {
  return rest !== null && rest.nextAtMs > nowMs ? rest.nextAtMs : null;
}

/** What one message takes in a conversation of the AI bot. */
export function chatWish(
  { botId, chatId }: { botId: string; chatId: string },
  { perMinute, perHour }: ChatLimits,
  atMs: number,
): TakeRequest {
  const key = `#aibot:${botId}:${chatId}`;
  const hour = halves(`${key}:hour`, perHour, HOUR_MS);
  return { ...halves(key, perMinute, MINUTE_MS), also: [hour], grantId: NOT_REMEMBERED, atMs };
}

function markOf(key: string): string {
  return hashOf(key).slice(0, 24);
}

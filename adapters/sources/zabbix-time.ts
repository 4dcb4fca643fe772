import { textOf } from "./fields.ts";
import { readTime } from "./read-time.ts";
import type { ZabbixBody } from "./zabbix-fields.ts";

export interface ZabbixTimes {
  time: string | undefined;
  endsAt: string | undefined;
}

const ONE_DAY_MS = 86_400_000;
const MAX_MESSAGE_CHARS = 4_000;
const UNIT_MS: Readonly<Record<string, number>> = { d: ONE_DAY_MS, h: 3_600_000, m: 60_000, s: 1_000 };

/**
 * When a problem began and ended. Scripts rarely send both: what is missing is taken from Zabbix' default
 * message, from the duration, and at last from the time of day with the day on which the call was made.
 */
export function zabbixTimes(body: ZabbixBody, resolved: boolean, zone: string): ZabbixTimes {
  const message = textOf(body("message")).slice(0, MAX_MESSAGE_CHARS);
  const sentAt = readTime(body("sentAt"), zone);
  const endsAt = resolved
    ? (recoveryOf(body, zone) ?? saidIn(message, "resolved", zone) ?? sentAt)
    : undefined;
  const time =
    readTime(body("timestamp"), zone) ??
    readTime(`${textOf(body("date"))} ${textOf(body("time"))}`, zone) ??
    readTime(body("time"), zone) ??
    saidIn(message, "started", zone) ??
    startBefore(endsAt, durationMs(textOf(body("duration")) || durationIn(message))) ??
    lastTimeOfDay(textOf(body("time")), endsAt ?? sentAt, zone);
  return { time, endsAt };
}

function recoveryOf(body: ZabbixBody, zone: string): string | undefined {
  const local = `${textOf(body("recoveryDate"))} ${textOf(body("recoveryTime"))}`;
  return readTime(body("recoveryTimestamp"), zone) ?? readTime(local, zone);
}

/** The line "Problem started at 10:20:00 on 2025.06.10" of the default message. */
function saidIn(message: string, what: "started" | "resolved", zone: string): string | undefined {
  const match = new RegExp(`${what} at (\\d\\d:\\d\\d:\\d\\d) on (\\d{4}\\.\\d\\d\\.\\d\\d)`).exec(message);
  return match ? readTime(`${match[2]} ${match[1]}`, zone) : undefined;
}

function durationIn(message: string): string {
  return /Problem duration: ([^\r\n]{1,40})/.exec(message)?.[1] ?? "";
}

/** `1d 2h 23m 10s`; undefined for months and years, which have no length of their own. */
function durationMs(text: string): number | undefined {
  const parts = text.trim().split(/\s+/);
  let sum = 0;
  for (const part of parts) {
    const match = /^(\d{1,6})([dhms])$/.exec(part);
    const unitMs = UNIT_MS[match?.[2] ?? ""];
    if (unitMs === undefined) return undefined;
    sum += Number(match?.[1]) * unitMs;
  }
  return sum;
}

function startBefore(endsAt: string | undefined, lengthMs: number | undefined): string | undefined {
  if (endsAt === undefined || lengthMs === undefined) return undefined;
  return readTime(Date.parse(endsAt) - lengthMs, "UTC");
}

/** The last instant with this local time of day that is not after `before`. */
function lastTimeOfDay(timeOfDay: string, before: string | undefined, zone: string): string | undefined {
  if (before === undefined || !/^\d{1,2}:\d\d:\d\d$/.test(timeOfDay)) return undefined;
  const beforeMs = Date.parse(before);
  for (const daysBack of [0, 1]) {
    const at = readTime(`${localDay(beforeMs - daysBack * ONE_DAY_MS, zone)} ${timeOfDay}`, zone);
    if (at !== undefined && Date.parse(at) <= beforeMs) return at;
  }
  return undefined;
}

function localDay(ms: number, zone: string): string {
  // Sweden writes a date as ISO 8601 does.
  return new Date(ms).toLocaleDateString("sv-SE", { timeZone: zone });
}

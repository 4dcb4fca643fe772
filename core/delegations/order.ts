import type { JsonObject } from "../ids/index.ts";
import { isUserId, normaliseUserId } from "../people/people.ts";
import { instantOfWallClock, parseDuration, parseWallClock } from "../time/index.ts";

/** What a person asks for. */
export interface DelegationOrder {
  from: string;
  to: string;
  untilMs: number;
  why: string;
}

export type DelegationFault =
  | "no_absent"
  | "no_delegate"
  | "oneself"
  | "no_end"
  | "past"
  | "too_long"
  /** The directory knows no such person, or none who is active. */
  | "not_a_member"
  | "too_many";

export interface DelegationRefusal {
  outcome: "refused";
  fault: DelegationFault;
  /** The value it is about; empty where there is none. */
  about: string;
}

export type ReadDelegation = { outcome: "read"; order: DelegationOrder } | DelegationRefusal;

/** Who asks, and when and where by the clock on the wall. */
export interface DelegationAsking {
  /** Userid of who delegates where the order names nobody; null when that is no person. */
  asker: string | null;
  nowMs: number;
  zone: string;
}

/** The longest time that one order delegates for. */
export const MAX_DELEGATION_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
const MAX_WHY = 200;

/** The words of a message behind the command: `li 2d why`, `@li 2026-12-01 why`. */
export function delegationOfWords(words: readonly string[], asking: DelegationAsking): ReadDelegation {
  const [to = "", until = "", ...why] = words;
  return readDelegation({ to: to.replace(/^@/, ""), until, why: why.join(" ") }, asking);
}

/**
 * A body of REST: `{ from?, to, until, why? }`. `until` is a duration, a day (to its end), a time of the zone or an
 * instant.
 */
export function readDelegation(body: JsonObject, asking: DelegationAsking): ReadDelegation {
  const { nowMs, zone } = asking;
  const from = userIdOf(body["from"] ?? asking.asker ?? "");
  const to = userIdOf(body["to"]);
  if (from === null) return refused("no_absent", body["from"]);
  if (to === null) return refused("no_delegate", body["to"]);
  if (to === from) return refused("oneself", to);
  const until = typeof body["until"] === "string" ? body["until"].trim() : "";
  const untilMs = endOf(until, { nowMs, zone });
  if (untilMs === null) return refused("no_end", until);
  if (untilMs <= nowMs) return refused("past", until);
  if (untilMs > nowMs + MAX_DELEGATION_MS) return refused("too_long", until);
  const why = typeof body["why"] === "string" ? body["why"].trim().slice(0, MAX_WHY) : "";
  return { outcome: "read", order: { from, to, untilMs, why } };
}

function refused(fault: DelegationFault, about: unknown): DelegationRefusal {
  return { outcome: "refused", fault, about: typeof about === "string" ? about.slice(0, 60) : "" };
}

function userIdOf(value: unknown): string | null {
  const userId = typeof value === "string" ? normaliseUserId(value) : "";
  return isUserId(userId) ? userId : null;
}

function endOf(text: string, { nowMs, zone }: { nowMs: number; zone: string }): number | null {
  const forMs = parseDuration(text);
  if (forMs !== null) return nowMs + forMs;
  const day = parseWallClock(`${text}T00:00`);
  if (day !== null) return instantOfWallClock(day + DAY_MS, zone);
  const wall = parseWallClock(text);
  if (wall !== null) return instantOfWallClock(wall, zone);
  const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}

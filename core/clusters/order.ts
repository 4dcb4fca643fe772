import { isJsonObject, type Json } from "../ids/index.ts";
import { parseDuration } from "../time/index.ts";
import { AT_DEADLINE, type AtDeadline } from "./drain.ts";

/** How clusters are to be drained. */
export interface DrainOrder {
  /** Null: without a deadline. */
  forMs: number | null;
  atDeadline: AtDeadline;
  /** Empty where none was given. */
  why: string;
  /** Even where that leaves a business without any cluster; a reason is then needed. */
  force: boolean;
}

export type OrderFault = "no_cluster" | "bad_duration" | "bad_deadline" | "no_reason" | "no_id";
export type Read<T> = { outcome: "read"; order: T } | { outcome: "refused"; fault: OrderFault };

/** What people may do to an upgrade that is there. */
export const UPGRADE_DEEDS = ["approve", "reject", "confirm", "retry", "abort"] as const;
export type UpgradeDeedName = (typeof UPGRADE_DEEDS)[number];

export type UpgradeOrder =
  | { what: "show" }
  | { what: "start"; clusters: string[]; order: DrainOrder }
  | { what: UpgradeDeedName; id: string; why: string };

const MAX_WHY = 200;
const LONGEST_MS = 30 * 86_400_000;

const DEADLINE_WORDS: Readonly<Record<string, AtDeadline>> = {
  ...{ wait: "wait", 等待: "wait", cancel: "cancel", 取消: "cancel", leave: "leave", 保留: "leave" },
};
const FORCE_WORDS = ["force", "强制"];
const SKIP_WORDS = ["skip", "跳过"];
const DEED_WORDS: Readonly<Record<string, UpgradeDeedName>> = {
  ...{
    approve: "approve",
    批准: "approve",
    reject: "reject",
    拒绝: "reject",
    done: "confirm",
    完成: "confirm",
  },
  ...{ retry: "retry", 重试: "retry", abort: "abort", 中止: "abort" },
};

function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter(Boolean);
}

/** `hz-core 30m cancel force why`: all but the name may be left out, in this order. */
export function drainOfWords(text: string): Read<{ name: string; order: DrainOrder }> {
  const [name, ...rest] = wordsOf(text);
  if (name === undefined) return { outcome: "refused", fault: "no_cluster" };
  const read = orderOfWords(rest);
  return read.outcome === "refused" ? read : { outcome: "read", order: { name, order: read.order } };
}

function orderOfWords(words: readonly string[]): Read<DrainOrder> {
  const left = [...words];
  const take = <T>(read: (word: string) => T | null | undefined): T | null => {
    const value = left[0] === undefined ? null : (read(left[0]) ?? null);
    if (value !== null) left.shift();
    return value;
  };
  const forMs = take(parseDuration);
  const atDeadline = take((word) => DEADLINE_WORDS[word.toLowerCase()]) ?? "wait";
  const force = take((word) => FORCE_WORDS.includes(word.toLowerCase()) || null) ?? false;
  return checked({ forMs, atDeadline, force, why: left.join(" ") });
}

function checked({ forMs, atDeadline, force, why }: DrainOrder): Read<DrainOrder> {
  const order = { forMs, atDeadline, force, why: why.trim().slice(0, MAX_WHY) };
  if (forMs !== null && forMs > LONGEST_MS) return { outcome: "refused", fault: "bad_duration" };
  // Without a deadline nothing would ever come of it.
  if (atDeadline !== "wait" && forMs === null) return { outcome: "refused", fault: "bad_deadline" };
  if (force && order.why === "") return { outcome: "refused", fault: "no_reason" };
  return { outcome: "read", order };
}

/** A body of REST: `{ for: "30m", atDeadline: "wait", why, force }`, of which nothing must be there. */
export function readDrainOrder(body: Json): Read<DrainOrder> {
  const given = isJsonObject(body) ? body : {};
  const { for: length, atDeadline = "wait", why = "", force = false } = given;
  const forMs = typeof length === "string" ? parseDuration(length) : null;
  if (length !== undefined && forMs === null) return { outcome: "refused", fault: "bad_duration" };
  const chosen = AT_DEADLINE.find((one) => one === atDeadline);
  if (chosen === undefined) return { outcome: "refused", fault: "bad_deadline" };
  if (typeof why !== "string") return { outcome: "refused", fault: "no_reason" };
  return checked({ forMs, atDeadline: chosen, force: force === true, why });
}

/** `hz-core`, or `hz-core skip why`: then no canary is run before it takes starts again. */
export function undrainOfWords(text: string): Read<{ name: string; skip: string | null }> {
  const [name, second = "", ...why] = wordsOf(text);
  if (name === undefined) return { outcome: "refused", fault: "no_cluster" };
  if (!SKIP_WORDS.includes(second.toLowerCase())) return { outcome: "read", order: { name, skip: null } };
  const skip = why.join(" ").slice(0, MAX_WHY);
  return skip === ""
    ? { outcome: "refused", fault: "no_reason" }
    : { outcome: "read", order: { name, skip } };
}

/** Nothing; `hz-core,bj-core 30m …` as for a drain; or what is to be done with the one that is there, and its id. */
export function upgradeOfWords(text: string): Read<UpgradeOrder> {
  const [first, ...rest] = wordsOf(text);
  if (first === undefined) return { outcome: "read", order: { what: "show" } };
  const what = DEED_WORDS[first.toLowerCase()];
  if (what !== undefined) {
    const [id, ...why] = rest;
    if (id === undefined) return { outcome: "refused", fault: "no_id" };
    return { outcome: "read", order: { what, id: id.toLowerCase(), why: why.join(" ").slice(0, MAX_WHY) } };
  }
  const clusters = [...new Set(first.split(/[,，、]/u).filter(Boolean))];
  if (clusters.length === 0) return { outcome: "refused", fault: "no_cluster" };
  const read = orderOfWords(rest);
  return read.outcome === "refused"
    ? read
    : { outcome: "read", order: { what: "start", clusters, order: read.order } };
}

import { isJsonObject, type JsonObject } from "../ids/index.ts";
import { parseDuration } from "../time/index.ts";
import type { MuteMatch } from "./mute.ts";

/** What a person asks for. */
export interface MuteOrder {
  match: MuteMatch;
  forMs: number;
  why: string;
}

export type MuteFault =
  /** Nothing that it is for: a mute of everything is a stop. */
  "no_match" | "unknown_field" | "no_duration" | "too_long" | "no_reason";

export type ReadMute =
  | { outcome: "read"; order: MuteOrder }
  | { outcome: "refused"; fault: MuteFault; about: string };

/** The longest time that one order mutes for. */
export const MAX_MUTE_MS = 30 * 86_400_000;
const MAX_WHY = 200;
const FIELDS = ["rule", "type", "source", "subject"] as const;

/** The words of a message behind the command: `rule=vm-disk-cleanup label.env=prod 2h why`, letter case kept. */
export function muteOfWords(words: readonly string[]): ReadMute {
  const at = words.findIndex((word) => !/^[A-Za-z][\w.-]*[=＝]./.test(word));
  const pairs = at < 0 ? words : words.slice(0, at);
  const [length = "", ...why] = at < 0 ? [] : words.slice(at);
  const match: Record<string, string> = {};
  for (const pair of pairs) {
    const [key = "", ...value] = pair.split(/[=＝]/);
    match[key] = value.join("=");
  }
  return readMute({ match, for: length, why: why.join(" ") });
}

/** A body of REST: `{ match: { rule, type, source, subject, "label.env": … }, for: "2h", why }`. */
export function readMute(body: JsonObject): ReadMute {
  const { match: given, for: length, why } = body;
  const match = isJsonObject(given) ? matchOf(given) : { fault: "no_match" as const, about: "match" };
  if ("fault" in match) return { outcome: "refused", ...match };
  const forMs = typeof length === "string" ? parseDuration(length) : null;
  if (forMs === null) return { outcome: "refused", fault: "no_duration", about: String(length ?? "") };
  if (forMs > MAX_MUTE_MS) return { outcome: "refused", fault: "too_long", about: String(length) };
  const reason = typeof why === "string" ? why.trim().slice(0, MAX_WHY) : "";
  if (reason === "") return { outcome: "refused", fault: "no_reason", about: "why" };
  return { outcome: "read", order: { match, forMs, why: reason } };
}

function matchOf(given: JsonObject): MuteMatch | { fault: MuteFault; about: string } {
  const match: { ruleId?: string; type?: string; source?: string; subject?: string } = {};
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    const text = typeof value === "string" ? value : "";
    const label = /^label\.(.+)$/.exec(key)?.[1];
    const field = FIELDS.find((known) => known === key);
    if (text === "" || (label === undefined && field === undefined))
      return { fault: "unknown_field", about: key };
    if (label !== undefined && label !== "__proto__") labels[label] = text;
    else if (field === "rule") match.ruleId = text;
    else if (field !== undefined) match[field] = text;
  }
  if (Object.keys(labels).length > 0) return { ...match, labels };
  return Object.keys(match).length > 0 ? match : { fault: "no_match", about: "match" };
}

/** What a mute is for, as it is written in chat. */
export function muteText({ ruleId, type, source, subject, labels = {} }: MuteMatch): string {
  const fields = Object.entries({ rule: ruleId, type, source, subject });
  const named = fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return [...named, ...Object.entries(labels).map(([key, value]) => `label.${key}=${value}`)].join(" ");
}

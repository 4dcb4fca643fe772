import { bilingual } from "./refusals.ts";

/** Never passed on: they show secrets, prove who calls, or are the gateway's own. */
const DROPPED = new Set([
  ...["show_secrets", "decrypt", "x-auth-token", "st2-api-key", "auth-token"],
  ...["cluster", "impersonate_user", "nickname_origin"],
]);
const SECRETS = ["x-auth-token", "st2-api-key", "auth-token", "token"];
/** Where two dots are what StackStorm means by them: a stretch of time. */
const SPANS = new Set(["timestamp", "enforced_at", "filter"]);

export type QueryReading =
  | {
      outcome: "read";
      /** What goes to clusters. */
      query: URLSearchParams;
      /** The cluster that the caller names. */
      cluster?: string;
    }
  | { outcome: "refused"; status: 400 | 401; message: string };

/** Reads a request's query: what must not go on is taken out, what StackStorm would misread is refused. */
export function readQuery(given: URLSearchParams): QueryReading {
  const query = new URLSearchParams();
  let cluster: string | undefined;
  for (const [name, value] of given) {
    const known = name.toLowerCase();
    if (SECRETS.includes(known)) return { outcome: "refused", status: 401, message: TOKEN_IN_QUERY };
    if (known === "cluster") cluster = value;
    if (DROPPED.has(known)) continue;
    if (value.includes("..") && !SPANS.has(known)) return badQuery(name, "..");
    if (value.includes("\0") || name.includes("\0")) return badQuery(name.replaceAll("\0", ""), "NUL");
    query.append(name, value);
  }
  return { outcome: "read", query, ...(cluster === undefined ? {} : { cluster }) };
}

const TOKEN_IN_QUERY = bilingual(
  "Unauthorized - 令牌不能放在查询参数里，会留在日志中；请用 X-Auth-Token 或 St2-Api-Key 请求头",
  "tokens are not taken from the query, where logs keep them; send the header X-Auth-Token or St2-Api-Key",
);

function badQuery(name: string, what: string): QueryReading {
  const shown = name.slice(0, 40);
  const message = bilingual(
    `查询参数 ${shown} 里不能有 ${what}`,
    `the query parameter ${shown} must not hold ${what}, which StackStorm reads as a range`,
  );
  return { outcome: "refused", status: 400, message };
}

/** Which part of a list is asked for. */
export type PageReading =
  | { outcome: "read"; limit: number; offset: number }
  | { outcome: "refused"; status: 400 | 403; message: string };

/** How a list is cut. `all`: whether it may be had in one piece. */
export interface PageRules {
  defaultLimit: number;
  maxLimit: number;
  maxOffset: number;
  all: boolean;
}

/** Reads `limit` and `offset` with StackStorm's own refusals, as it answers who is no administrator. */
export function readPage(query: URLSearchParams, rules: PageRules): PageReading {
  const limit = numberOf(query.get("limit"), rules.defaultLimit);
  const offset = numberOf(query.get("offset"), 0);
  if (limit === null || limit === 0 || limit < -1)
    return no(400, "limit 应为正整数", "limit must be a positive number");
  if (limit === -1 && !rules.all) return tooMany(rules.maxLimit, limit);
  if (limit > rules.maxLimit) return tooMany(rules.maxLimit, limit);
  if (offset === null || offset < 0)
    return no(400, "offset 应为非负整数", "offset must be a whole number from 0");
  if (offset > rules.maxOffset) {
    const zh = `offset 最大 ${rules.maxOffset}，更早的请用 timestamp_lt 翻页`;
    return no(400, zh, `offset is at most ${rules.maxOffset}; page on with timestamp_lt`);
  }
  return { outcome: "read", limit: limit === -1 ? rules.maxLimit : limit, offset };
}

function tooMany(most: number, limit: number): PageReading {
  const en = `Limit "${limit}" specified, maximum value is "${most}"`;
  return no(403, `limit 最大 ${most}`, en);
}

function no(status: 400 | 403, zh: string, en: string): PageReading {
  return { outcome: "refused", status, message: bilingual(zh, en) };
}

function numberOf(text: string | null, preset: number): number | null {
  if (text === null || text === "") return preset;
  return /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}

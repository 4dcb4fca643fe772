import { isTemplate } from "../../core/params/index.ts";
import { policyFault } from "../../core/policies/index.ts";
import { MAX_STALE_MS } from "../../core/rosters/index.ts";
import { parseDuration, parseWallClock } from "../../core/time/index.ts";
import type { ApprovalContext } from "./check-approval.ts";
import { checkDuration, checkTemplates, checkZone } from "./check-values.ts";
import type { Path } from "./home-file.ts";
import { type Located, problemAt, problemAtKey, problemMissing } from "./located.ts";
import { itemsAt, keysAt, textAt, valueAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";
import { turnLengthMs } from "./read-roster.ts";

const FORMS: Words = {
  zh: "要么写 rotation、shifts（至少一个），要么写 lookup",
  en: "must have rotation or shifts, or instead of them lookup",
};

/** What can be said of one roster's file alone, except for the policy of its look-up. */
export function checkRoster(located: Located, approvals: ApprovalContext): Problem[] {
  const keys = keysAt(located, []);
  const has = (...wanted: string[]) => wanted.some((key) => keys.includes(key));
  if (!has("lookup") && !has("rotation", "shifts")) return [problemAtKey(located, [], FORMS)];
  if (!has("lookup")) return checkCalendar(located);
  if (has("rotation", "shifts", "overlap", "timezone")) return [problemAtKey(located, ["lookup"], FORMS)];
  return checkLookup(located, approvals);
}

function checkCalendar(located: Located): Problem[] {
  const shifts = itemsAt(located, ["shifts"]);
  return [
    ...checkZone(located, ["timezone"]),
    ...(keysAt(located, ["rotation"]).length > 0 ? checkRotation(located) : []),
    ...shifts.flatMap((shift) => checkShift(located, shift)),
    ...shifts
      .flatMap((shift) => itemsAt(located, [...shift, "people"]))
      .flatMap((one) => checkUser(located, one)),
    ...checkDuration(located, ["overlap"]),
    ...checkOverlap(located),
  ];
}

const DATE: Words = { zh: "应为日期，如 2026-11-02", en: "must be a date such as 2026-11-02" };
const HANDOVER: Words = {
  zh: '应为时刻，如 "10:00"（带引号）',
  en: 'must be a time of day such as "10:00", in quotes',
};
const EVERY: Words = {
  zh: "应为整小时、整天或整周，如 12h、1d、1w，最长一年",
  en: "must be whole hours, days or weeks such as 12h, 1d, 1w, a year at most",
};

function checkRotation(located: Located): Problem[] {
  const wrong = (key: string, holds: (text: string) => boolean, words: Words): Problem[] => {
    const text = textAt(located, ["rotation", key]);
    return text === undefined || holds(text) ? [] : [problemAt(located, ["rotation", key], words)];
  };
  return [
    ...wrong("start", (text) => parseWallClock(`${text}T00:00`) !== null, DATE),
    ...wrong("handover", (text) => parseWallClock(`2000-01-01T${text}`) !== null, HANDOVER),
    ...wrong("every", (text) => turnLengthMs(text) !== null, EVERY),
    ...itemsAt(located, ["rotation", "people"]).flatMap((turn) => checkTurn(located, turn)),
  ];
}

const TURN: Words = {
  zh: "应为 userid，或 userid 的列表（几个人同一班）",
  en: "must be a userid, or a list of those who share the turn",
};

function checkTurn(located: Located, path: Path): Problem[] {
  if (textAt(located, path) !== undefined) return checkUser(located, path);
  const members = itemsAt(located, path);
  if (members.length === 0) return [problemAt(located, path, TURN)];
  return members.flatMap((one) => checkUser(located, one));
}

/** Userids as WeCom allows them. */
function checkUser(located: Located, path: Path): Problem[] {
  if (/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/.test(textAt(located, path) ?? "")) return [];
  return [problemAt(located, path, { zh: "不是 userid", en: "is not a userid" })];
}

function checkShift(located: Located, shift: Path): Problem[] {
  const [from, to] = [
    [...shift, "from"],
    [...shift, "to"],
  ] as const;
  const wrong = [from, to].filter((path) => {
    const text = textAt(located, path);
    return text !== undefined && parseWallClock(text) === null;
  });
  if (wrong.length > 0) {
    const words = {
      zh: "应为该时区的日期和时刻，如 2026-12-24T10:00",
      en: "must be a date and time in the roster's zone such as 2026-12-24T10:00",
    };
    return wrong.map((path) => problemAt(located, path, words));
  }
  const [fromMs, toMs] = [from, to].map((path) => parseWallClock(textAt(located, path) ?? ""));
  if (fromMs == null || toMs == null || fromMs < toMs) return [];
  return [problemAt(located, to, { zh: "to 应晚于 from", en: "must be later than from" })];
}

/** Else those of the turn before the last would count too. */
function checkOverlap(located: Located): Problem[] {
  const overlapMs = parseDuration(textAt(located, ["overlap"]) ?? "");
  const everyMs = turnLengthMs(textAt(located, ["rotation", "every"]) ?? "") ?? 86_400_000;
  if (overlapMs === null || overlapMs < everyMs) return [];
  return [
    problemAt(located, ["overlap"], {
      zh: "应短于一个班（没有 rotation 时短于 1d）",
      en: "must be shorter than a turn (than 1d without a rotation)",
    }),
  ];
}

const ASKING: Words = {
  zh: "应为 { http: { url, bearer?, users }, cache? } 或 { action, cluster, params?, users, cache? }",
  en: "must be { http: { url, bearer?, users }, cache? } or { action, cluster, params?, users, cache? }",
};

function checkLookup(located: Located, approvals: ApprovalContext): Problem[] {
  const keys = keysAt(located, ["lookup"]);
  const byAction = ["action", "cluster", "params", "users"].filter((key) => keys.includes(key));
  if (keys.includes("http") === byAction.length > 0) return [problemAt(located, ["lookup"], ASKING)];
  const cache = [...checkDuration(located, ["lookup", "cache"]), ...checkCache(located)];
  if (keys.includes("http")) return [...checkHttp(located), ...cache];
  const missing = ["action", "cluster", "users"].filter((key) => !keys.includes(key));
  return [
    ...missing.map((key) => problemMissing(located, ["lookup", key])),
    ...checkTemplates(located, ["lookup", "users"]),
    ...checkNoTemplates(located, ["lookup", "params"]),
    ...checkCovered(located, approvals),
    ...cache,
  ];
}

function checkCache(located: Located): Problem[] {
  const cacheMs = parseDuration(textAt(located, ["lookup", "cache"]) ?? "");
  if (cacheMs === null || (cacheMs >= 1_000 && cacheMs <= MAX_STALE_MS)) return [];
  return [
    problemAt(located, ["lookup", "cache"], { zh: "应在 1s 到 1h 之间", en: "must be between 1s and 1h" }),
  ];
}

function checkHttp(located: Located): Problem[] {
  const path = ["lookup", "http", "url"];
  const text = textAt(located, path);
  const url = text === undefined ? undefined : URL.parse(text);
  const sound =
    url === undefined || (url && /^https?:$/.test(url.protocol) && !url.username && !url.password);
  const words = {
    zh: "应为 http(s):// 地址，不带用户名；密钥写在 bearer",
    en: "must be an http(s):// address without a user; a secret stands in bearer",
  };
  return [
    ...(sound ? [] : [problemAt(located, path, words)]),
    ...checkTemplates(located, ["lookup", "http", "users"]),
  ];
}

/** They are sent as they are: there is no event that a template could read. */
function checkNoTemplates(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text !== undefined && isTemplate(text)) {
    const words = { zh: "这里不能用模板", en: "cannot be a template: it is sent as it is" };
    return [problemAt(located, path, words)];
  }
  const inner = [...itemsAt(located, path), ...keysAt(located, path).map((key) => [...path, key])];
  return inner.flatMap((one) => checkNoTemplates(located, one));
}

/** Nothing runs without people or a policy, a question about who is on duty neither. */
function checkCovered(located: Located, { policies, nowMs }: ApprovalContext): Problem[] {
  const action = textAt(located, ["lookup", "action"]);
  if (action === undefined || !valueAt(located, ["lookup", "cluster"])) return [];
  const all = [...policies.values()];
  // A policy with a fault of its own is told there. One that has expired lets nothing be asked, but keeps nothing from starting.
  const covers = [null, "policy_expired"];
  if (all.some((policy) => policy === null || covers.includes(policyFault(policy, action, nowMs)))) return [];
  return [
    problemAt(located, ["lookup", "action"], {
      zh: "没有批准过的策略包含这个动作（policies/，whale policies approve）",
      en: "no approved policy covers this action (policies/, whale policies approve)",
    }),
  ];
}

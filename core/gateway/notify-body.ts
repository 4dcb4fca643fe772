import { isJsonObject, type JsonObject } from "../ids/index.ts";
import { findServerTemplate } from "../params/index.ts";
import { bilingual } from "./refusals.ts";

export type NotifyReading =
  /** Null: nothing is said. */
  { outcome: "read"; notify: JsonObject | null } | { outcome: "refused"; message: string };

const WHEN = ["on-complete", "on-success", "on-failure"];
const LISTS = ["routes", "channels"];
const MOST_CHARACTERS = 8_192;

/**
 * Reads `notify` of a start: whom StackStorm's own notifier is to tell of the end, carried to the engine as it is. Its
 * texts are templates there, so that none of StackStorm's marks may be in them (reference/stackstorm.md 4, 5.1).
 */
export function readNotify(value: unknown): NotifyReading {
  if (value === undefined || value === null) return { outcome: "read", notify: null };
  if (!isJsonObject(value)) return refused("notify 应为对象", "notify must be an object");
  const wrong = Object.keys(value).find((when) => !WHEN.includes(when) || !isTarget(value[when]));
  if (wrong !== undefined) {
    const shown = wrong.slice(0, 40);
    const en = `notify.${shown} does not fit: ${WHEN.join(", ")}, each with message, data, routes, channels`;
    return refused(`notify.${shown} 不合适：${WHEN.join("、")}，各写 message、data、routes、channels`, en);
  }
  const marked = findServerTemplate(value);
  if (marked !== null) {
    const en = `notify.${marked} holds {{ or {%, which StackStorm would render: leave it out`;
    return refused(`notify.${marked} 含有 {{ 或 {%，StackStorm 会把它当模板执行；请去掉`, en);
  }
  if (JSON.stringify(value).length > MOST_CHARACTERS) {
    return refused(
      `notify 超过 ${MOST_CHARACTERS} 个字符`,
      `notify is longer than ${MOST_CHARACTERS} characters`,
    );
  }
  return { outcome: "read", notify: Object.keys(value).length > 0 ? value : null };
}

function isTarget(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  return Object.entries(value).every(([key, one]) => {
    if (key === "message") return typeof one === "string";
    if (key === "data") return isJsonObject(one);
    return LISTS.includes(key) && Array.isArray(one) && one.every((name) => typeof name === "string");
  });
}

/** What of `notify` a card shows of a start: where it tells the end. */
export function notifyRoutes(notify: JsonObject): string {
  const named = Object.values(notify).flatMap((target) => {
    if (!isJsonObject(target)) return [];
    return LISTS.flatMap((list) => (Array.isArray(target[list]) ? target[list] : []));
  });
  return [...new Set(named.map(String))].join(" ");
}

function refused(zh: string, en: string): NotifyReading {
  return { outcome: "refused", message: bilingual(zh, en) };
}

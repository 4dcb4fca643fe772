import { compileTemplate, isTemplate } from "../../core/params/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey, problemInText, quotingWords } from "./located.ts";
import { itemsAt, keysAt, textAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";

/** A duration such as `10m`, where there is one. */
export function checkDuration(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text === undefined || parseDuration(text) !== null) return [];
  return [
    problemAt(located, path, {
      zh: "应为时长，如 30s、10m、1h、2d",
      en: "must be a duration such as 30s, 10m, 1h, 2d",
    }),
  ];
}

/** An instant, as a date or an ISO time. */
export function checkInstant(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text === undefined || instantMs(text) !== null) return [];
  return [
    problemAt(located, path, {
      zh: "应为日期或时间，如 2027-11-01 或 2027-11-01T08:00:00+08:00",
      en: "must be a date or time such as 2027-11-01 or 2027-11-01T08:00:00+08:00",
    }),
  ];
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds of a date or ISO time with a zone; null for anything else, so that no local time slips in. */
export function instantMs(text: string): number | null {
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** The name of a time zone, where there is one. */
export function checkZone(located: Located, path: Path): Problem[] {
  const zone = textAt(located, path);
  if (zone === undefined || isZone(zone)) return [];
  const words = {
    zh: "不是时区名，如 Asia/Shanghai",
    en: "is not the name of a time zone such as Asia/Shanghai",
  };
  return [problemAt(located, path, words)];
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    // Intl tells of an unknown zone only by throwing.
    return false;
  }
}

/** An address: http or https, without user, query or fragment. */
export function checkAddress(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text === undefined || isPlainAddress(text)) return [];
  return [
    problemAt(located, path, {
      zh: "应为 http(s):// 地址，不带用户名、? 和 #",
      en: "must be an http(s):// address without user, ? and #",
    }),
  ];
}

function isPlainAddress(text: string): boolean {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** Every text below a path as a template, however deep; keys must not be templates. */
export function checkTemplates(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  if (text !== undefined) return checkTemplate(located, path, text);
  const items = itemsAt(located, path).flatMap((item) => checkTemplates(located, item));
  const members = keysAt(located, path).flatMap((key) => checkMember(located, [...path, key], key));
  return [...items, ...members];
}

/**
 * The same where nobody means the name of a field itself: one event after the other would have the same subject, target or
 * bucket.
 */
export function checkReadings(located: Located, path: Path): Problem[] {
  const text = textAt(located, path);
  const items = itemsAt(located, path).flatMap((item) => checkReadings(located, item));
  const field = BARE_FIELD.exec(text ?? "")?.[1];
  if (field === undefined) return text === undefined ? items : checkTemplates(located, path);
  const read = `{{ ${field} }}`;
  const words = {
    zh: `这是文字本身；要取事件的值，请写作 ${read}`,
    en: `this is the text itself; to take the event's value write ${read}`,
  };
  return [problemAt(located, path, words)];
}

const BARE_FIELD = /^\.?((?:detail|labels|annotations)[.[]\S+)$/;

function checkMember(located: Located, path: Path, key: string): Problem[] {
  const inner = checkTemplates(located, path);
  if (!isTemplate(key)) return inner;
  return [problemAtKey(located, path, { zh: "键不能是模板", en: "a key cannot be a template" }), ...inner];
}

function checkTemplate(located: Located, path: Path, text: string): Problem[] {
  const compiled = compileTemplate(text);
  if (compiled.outcome === "compiled") return [];
  const { line, column, message } = compiled;
  const words = text.includes("}}}") ? BRACES : { zh: "模板写得不对", en: "not a valid template" };
  const quoting = words === BRACES ? words : quotingWords(located, path, words, message);
  return [
    problemInText(located, path, column, {
      zh: `${quoting.zh}（模板第 ${line} 行第 ${column} 列）`,
      en: `${quoting.en}; template line ${line} column ${column}`,
    }),
  ];
}

const BRACES: Words = {
  zh: "}}} 有歧义，请在括号之间加空格",
  en: "}}} is ambiguous: put a space between the braces",
};

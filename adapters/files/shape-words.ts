import { isJsonObject, pick } from "../../core/ids/index.ts";
import { closestWord } from "./closest-word.ts";
import type { Words } from "./problem.ts";

const KINDS: Readonly<Record<string, Words>> = {
  string: { zh: "文本", en: "text" },
  integer: { zh: "整数", en: "a whole number" },
  number: { zh: "数字", en: "a number" },
  boolean: { zh: "true 或 false", en: "true or false" },
  object: { zh: "字段的集合（键: 值）", en: "a mapping (key: value)" },
  array: { zh: "列表", en: "a list" },
  null: { zh: "空", en: "nothing" },
};

interface Failure {
  keyword: string;
  params: object;
}

/** What a failed check means to the person who wrote the file. `schema` is the part that failed. */
export function shapeWords(failure: Failure, schema: unknown, value: unknown): Words {
  const says = pick(schema, ["says"]);
  const saysEn = pick(schema, ["saysEn"]);
  if (failure.keyword === "type") return typeWords(String(pick(failure.params, ["type"])), value);
  if (typeof says === "string" && typeof saysEn === "string") return { zh: says, en: saysEn };
  if (failure.keyword === "enum") return choiceWords(pick(failure.params, ["allowedValues"]), value);
  return limitWords(failure.keyword, Number(pick(failure.params, ["limit"])));
}

function typeWords(wanted: string, value: unknown): Words {
  const want = KINDS[wanted] ?? { zh: wanted, en: wanted };
  const got = KINDS[kindOf(value)] ?? { zh: "别的东西", en: "something else" };
  const quote = wanted === "string" && /^(number|boolean)$/.test(typeof value);
  return {
    zh: `应为${want.zh}，这里是${got.zh}${quote ? "，请加引号" : ""}`,
    en: `must be ${want.en}, not ${got.en}${quote ? ": quote it" : ""}`,
  };
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return isJsonObject(value) ? "object" : typeof value;
}

function choiceWords(allowed: unknown, value: unknown): Words {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const close = typeof value === "string" ? closestWord(value, words) : null;
  return {
    zh: `应为 ${words.join("、")} 之一${close ? `，是不是 ${close}？` : ""}`,
    en: `must be one of ${words.join(", ")}${close ? `; did you mean ${close}?` : ""}`,
  };
}

function limitWords(keyword: string, limit: number): Words {
  switch (keyword) {
    case "minimum":
      return { zh: `不能小于 ${limit}`, en: `must be at least ${limit}` };
    case "minLength":
      return { zh: "不能为空", en: "must not be empty" };
    case "minItems":
      return { zh: `至少要有 ${limit} 项`, en: `must have at least ${limit} item(s)` };
    case "maxItems":
      return { zh: `最多 ${limit} 项`, en: `must have at most ${limit} items` };
    default:
      return { zh: "取值不对", en: "this value is not allowed" };
  }
}

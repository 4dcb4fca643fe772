import { isJsonObject } from "../../../core/ids/index.ts";
import type { PackProblem } from "../../../core/releases/index.ts";
import type { MetadataFile, Words } from "./metadata-file.ts";

type Type = "text" | "integer" | "boolean" | "object" | "list";

/** A field that metadata may have. */
export interface Field {
  type: Type;
  required?: true;
}

const TYPE_WORDS: Readonly<Record<Type, Words>> = {
  text: { zh: "应为文本", en: "must be text" },
  integer: { zh: "应为整数", en: "must be a whole number" },
  boolean: { zh: "应为 true 或 false", en: "must be true or false" },
  object: { zh: "应为键和值", en: "must hold keys and values" },
  list: { zh: "应为列表", en: "must be a list" },
};

/** Fields that are missing or of another type; those that nobody knows are told as a warning. */
export function checkFields(file: MetadataFile, fields: Readonly<Record<string, Field>>): PackProblem[] {
  const { value, problem } = file;
  const wrong = Object.entries(fields).flatMap(([name, { type, required }]) => {
    const given = value[name];
    if (given === undefined || given === null || (required && given === "")) {
      const missing = { zh: `缺少 ${name}`, en: `${name} is missing` };
      return required ? [problem([name], missing)] : [];
    }
    const { zh, en } = TYPE_WORDS[type];
    return isOf(type, given) ? [] : [problem([name], { zh: `${name} ${zh}`, en: `${name} ${en}` })];
  });
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
  return [
    ...wrong,
    ...unknown.map((name) => {
      const words = { zh: `不认识的字段 ${name}`, en: `unknown field ${name}` };
      return problem([name], words, "warning");
    }),
  ];
}

function isOf(type: Type, value: unknown): boolean {
  if (type === "text") return typeof value === "string";
  if (type === "integer") return Number.isInteger(value);
  if (type === "boolean") return typeof value === "boolean";
  return type === "list" ? Array.isArray(value) : isJsonObject(value);
}

/** The text of a field; empty where there is none. */
export function textOf({ value }: MetadataFile, name: string): string {
  const text = value[name];
  return typeof text === "string" ? text : "";
}

/** The texts of a list; none where there is none. */
export function textsOf({ value }: MetadataFile, name: string): string[] {
  const list = value[name];
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

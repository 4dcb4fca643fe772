import { isUtf8 } from "node:buffer";
import type { Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { readJson, readJsonText } from "./read-json.ts";
import type { Reading, Refusal } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/** Reads one alert, or says why it cannot. `path` names its place in the body, empty for the body itself. */
export type ReadItem = (item: JsonObject, path: string) => Occurrence | Refusal;

export type ObjectReading = { outcome: "read"; value: JsonObject } | Refusal;

/** The body as one JSON object. */
export function readObject(body: Buffer): ObjectReading {
  const json = readJson(body);
  if (json.outcome === "refused") return json;
  return isJsonObject(json.value) ? { outcome: "read", value: json.value } : notAnObject("");
}

/** The body as JSON: one alert, or a list of them. */
export function readOneOrMany(body: Buffer, readItem: ReadItem): Reading {
  const json = readJson(body);
  if (json.outcome === "refused") return json;
  return Array.isArray(json.value)
    ? readList(json.value, "", readItem)
    : readList([json.value], null, readItem);
}

/** Every element of a list. `path` is the list's own; null when the element is the body itself. */
export function readList(items: readonly Json[], path: string | null, readItem: ReadItem): Reading {
  if (items.length === 0) return refused("empty", "列表里没有事件 (the list holds no event)");
  const occurrences: Occurrence[] = [];
  for (const [index, item] of items.entries()) {
    const at = path === null ? "" : `${path}[${index}]`;
    const read = isJsonObject(item) ? readItem(item, at) : notAnObject(at);
    if ("outcome" in read) return read;
    occurrences.push(read);
  }
  return { outcome: "read", occurrences };
}

/** Refuses for a field without which the body says nothing. */
export function missing(path: string, ...keys: readonly string[]): Refusal {
  const at = keys.map((key) => (path === "" ? key : `${path}.${key}`)).join(" / ");
  return refused("bad_shape", `${at}：缺少此字段 (${at} is missing)`);
}

/** Refuses for a field whose value is none of those that can be. */
export function notOneOf(path: string, key: string, known: string): Refusal {
  const at = path === "" ? key : `${path}.${key}`;
  return refused("bad_shape", `${at}：应为 ${known} 之一 (${at} must be one of ${known})`);
}

function notAnObject(path: string): Refusal {
  const at = path || "(body)";
  return refused("bad_shape", `${at}：不是 JSON 对象 (${at} is not a JSON object)`);
}

/** Whether a body begins as JSON does; senders' content types are not to be relied on. */
export function looksJson(body: Buffer): boolean {
  return /^[\ufeff\s]*[[{]/.test(body.subarray(0, 64).toString("utf8"));
}

export type FormReading = { outcome: "read"; value: Record<string, string> } | Refusal;

/** An `application/x-www-form-urlencoded` body. Of a field that comes twice the first counts. */
export function readForm(body: Buffer): FormReading {
  if (body.length === 0) return refused("empty", "请求体为空 (the body is empty)");
  if (!isUtf8(body)) return refused("bad_encoding", "请求体不是 UTF-8 (the body is not UTF-8)");
  const fields: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(body.toString("utf8"))) {
    if (key !== "__proto__" && !Object.hasOwn(fields, key)) fields[key] = value.toWellFormed();
  }
  return { outcome: "read", value: fields };
}

/** An object that came as one, or as JSON text inside JSON; undefined when it is neither. */
export function objectOrText(value: unknown): JsonObject | undefined {
  const read = jsonOrText(value);
  return isJsonObject(read) ? read : undefined;
}

/** JSON that came as text, parsed once more; the value itself when it is no text or no JSON. */
export function jsonOrText(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  const json = readJsonText(value);
  return json.outcome === "read" ? json.value : value;
}

import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from "yaml";
import { hashOf, isJsonObject, type Json, type JsonObject } from "../../core/ids/index.ts";
import type { Problem } from "./problem.ts";
import { isPlaceholder } from "./substitute.ts";

// Long texts stay in one line, and equal values stay values: an alias would be refused when the file is read.
const STYLE = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** What a file of an event type says, `${NAME}` as it stands there. The text must have been loaded before. */
export function typeDefinition(text: string): JsonObject {
  const value: unknown = parseDocument(text, { stringKeys: true }).toJS();
  return isJsonObject(value) ? value : {};
}

/**
 * The text of an event type's file. Where there was one before, what stays the same keeps its comments and
 * its order; a definition that says the same gives the text before, byte for byte.
 */
export function typeText(definition: JsonObject, before: string | null): string {
  if (before === null) return stringify(definition, STYLE);
  if (same(typeDefinition(before), definition)) return before;
  const text = merged(definition, before);
  return same(typeDefinition(text), definition) ? text : stringify(definition, STYLE);
}

function merged(definition: JsonObject, before: string): string {
  const document = parseDocument(before, { stringKeys: true });
  if (!isMap(document.contents)) return stringify(definition, STYLE);
  mergeInto(document.contents as YAMLMap, definition, (value) => document.createNode(value, STYLE));
  return document.toString(STYLE);
}

type CreateNode = (value: Json) => unknown;

function mergeInto(map: YAMLMap, wanted: JsonObject, createNode: CreateNode): void {
  const gone = map.items.map(({ key }) => keyText(key)).filter((key) => !Object.hasOwn(wanted, key));
  for (const key of gone) map.delete(key);
  for (const [key, value] of Object.entries(wanted)) {
    const node: unknown = map.get(key, true);
    if (isMap(node) && isJsonObject(value)) mergeInto(node as YAMLMap, value, createNode);
    else if (!isSameNode(node, value)) map.set(key, isText(value) ? value : createNode(value));
  }
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** A scalar is set as its value, so that the comment behind it stays. */
function isText(value: Json): boolean {
  return typeof value !== "object" || value === null;
}

function isSameNode(node: unknown, value: Json): boolean {
  if (node === undefined || node === null) return false;
  const held = isScalar(node) ? node.value : (node as { toJSON(): unknown }).toJSON();
  return same(held, value);
}

function same(one: unknown, other: unknown): boolean {
  return hashOf(one) === hashOf(other);
}

/**
 * The places where a definition that came over the network is `${NAME}`. It is refused there: it would put
 * what only the machine's owner may know into titles and subjects.
 */
export function placeholderProblems(file: string, definition: JsonObject): Problem[] {
  return placeholdersIn(definition, "").map(([field, value]) => ({
    ...{ file, line: 1, column: 1, field, value },
    message: "经 REST 写入的文件不能引用环境变量",
    messageEn: "a file that is written over REST may not refer to the environment",
  }));
}

function placeholdersIn(value: Json, field: string): [field: string, value: string][] {
  if (typeof value === "string") return isPlaceholder(value) ? [[field, value]] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    placeholdersIn(inner as Json, field === "" ? key : `${field}.${key}`),
  );
}

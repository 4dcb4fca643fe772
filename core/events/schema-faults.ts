import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";
import { compilePattern } from "../params/pattern.ts";

/** One place in a schema and why it is refused. */
export interface SchemaFault {
  path: string;
  message: string;
}

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/;

/** Keywords whose members are schemas by names that the author chose. */
export const MAPS = ["properties", "patternProperties", "definitions", "$defs", "dependencies"];

/** Keywords whose value is data, whatever it looks like. */
export const DATA = ["const", "enum", "default", "examples", "required"];

/**
 * The first thing in a JSON Schema that is refused before it is compiled: references that leave the schema,
 * names that could clash with another schema's, asynchronous checks, and patterns that are not linear.
 */
export function schemaFault(schema: JsonObject): SchemaFault | null {
  return inSchema(schema, ["schema"]);
}

function inSchema(schema: Json, path: readonly string[]): SchemaFault | null {
  if (Array.isArray(schema)) return firstFault(schema.entries(), path, inSchema);
  if (!isJsonObject(schema)) return null;
  return firstFault(Object.entries(schema), path, inKeyword);
}

type Entries = Iterable<readonly [string | number, Json]>;

function firstFault(
  entries: Entries,
  path: readonly string[],
  check: (value: Json, path: readonly string[]) => SchemaFault | null,
): SchemaFault | null {
  for (const [key, value] of entries) {
    const fault = check(value, [...path, String(key)]);
    if (fault) return fault;
  }
  return null;
}

function inKeyword(value: Json, path: readonly string[]): SchemaFault | null {
  const keyword = path.at(-1) ?? "";
  const message = keywordFault(keyword, value);
  if (message) return { path: path.join("."), message };
  if (DATA.includes(keyword)) return null;
  if (!MAPS.includes(keyword) || !isJsonObject(value)) return inSchema(value, path);
  if (keyword === "patternProperties") {
    return firstFault(Object.entries(value), path, inPatternProperty);
  }
  return firstFault(Object.entries(value), path, inNamed);
}

function inNamed(value: Json, path: readonly string[]): SchemaFault | null {
  if (path.at(-1) === "__proto__") return { path: path.join("."), message: "is not allowed as a name" };
  return inSchema(value, path);
}

function inPatternProperty(value: Json, path: readonly string[]): SchemaFault | null {
  const message = patternFault(path.at(-1) ?? "");
  return message ? { path: path.join("."), message } : inSchema(value, path);
}

function keywordFault(keyword: string, value: Json): string | null {
  switch (keyword) {
    case "$ref":
      return typeof value === "string" && value.startsWith("#") ? null : "may only refer inside the schema";
    case "$schema":
      return DRAFT_07.test(String(value)) ? null : "only JSON Schema draft-07 is understood";
    case "pattern":
      return typeof value === "string" ? patternFault(value) : "must be a text";
    case "$id":
    case "id":
    case "$async":
    case "$dynamicRef":
    case "$recursiveRef":
    case "__proto__":
      return "is not allowed";
    default:
      return null;
  }
}

function patternFault(pattern: string): string | null {
  const compiled = compilePattern(pattern);
  return compiled.outcome === "compiled"
    ? null
    : `invalid pattern at column ${compiled.column}: ${compiled.message}`;
}

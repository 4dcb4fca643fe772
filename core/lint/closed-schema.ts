import { isJsonObject, type Json, type JsonObject } from "../ids/index.ts";

/**
 * Whether a schema of `detail` rules a path below it out: the objects on the way are closed
 * (`additionalProperties: false`) and do not name the next key. A schema with anything beside says nothing.
 */
export function absentPath(schema: JsonObject | undefined, keys: readonly string[]): boolean {
  const [head, ...rest] = keys;
  if (head !== "detail") return false;
  let at: Json | undefined = schema;
  for (const key of rest) {
    if (!isJsonObject(at) || COMBINED.some((word) => Object.hasOwn(at as JsonObject, word))) return false;
    const properties: Json | undefined = at["properties"];
    if (isJsonObject(properties) && Object.hasOwn(properties, key)) {
      at = properties[key];
      continue;
    }
    // A list has items, which no property names.
    return at["additionalProperties"] === false && !isNumber(key);
  }
  return false;
}

const COMBINED = ["$ref", "anyOf", "oneOf", "allOf", "if", "patternProperties", "items"];

function isNumber(key: string): boolean {
  return /^\d+$/.test(key);
}

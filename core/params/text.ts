import { jsonValue } from "./json-value.ts";

/**
 * A value as it stands inside a text: nothing for null, lists and objects as JSON. Throws when JSON cannot
 * hold it, because `NaN` or `[object Object]` in a command would be worse than no command.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const json = jsonValue(value);
  if (json === null) return "";
  return typeof json === "object" ? JSON.stringify(json) : String(json);
}

import type { Json } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { textAt, textOf } from "./fields.ts";
import { jsonOrText } from "./read-body.ts";

/**
 * Zabbix' event tags by name, however a script sends them: `{EVENT.TAGSJSON}` as JSON or as text, values by
 * tag, or `{EVENT.TAGS}` ("scope:capacity, env:prod"). Of a tag that comes several times all values are kept.
 */
export function zabbixTags(given: Json | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [tag, value] of pairsOf(jsonOrText(given))) {
    if (tag === "" || tag === "__proto__") continue;
    tags[tag] = Object.hasOwn(tags, tag) ? `${tags[tag]},${value}` : value;
  }
  return tags;
}

function pairsOf(given: unknown): [string, string][] {
  if (Array.isArray(given)) return given.map((item) => [textAt(item, "tag"), textAt(item, "value")]);
  if (isJsonObject(given)) {
    return Object.entries(given).map(([tag, value]) => [
      tag,
      (Array.isArray(value) ? value : [value]).map(textOf).join(","),
    ]);
  }
  return textOf(given).split(",").map(pairOf);
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf(":");
  return at < 0 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

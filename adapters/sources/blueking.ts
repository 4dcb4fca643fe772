import { isUtf8 } from "node:buffer";
import type { JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { readBluekingCallback } from "./blueking-callback.ts";
import { readFta } from "./blueking-fta.ts";
import { looksJson, objectOrText, type ReadItem, readForm, readList, readOneOrMany } from "./read-body.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";

/** Tencent BlueKing: its monitor's callback, and what is pushed to its FTA (REST, and Zabbix' forwarder). */
export const blueking: SourceAdapter = { kind: "blueking", read };

function read({ body, query, zone }: Delivery): Reading {
  const readItem: ReadItem = (item, path) =>
    isJsonObject(item["event"]) ? readBluekingCallback(item, path) : readFta(item, path, zone);
  if (looksJson(body)) return readOneOrMany(body, readItem);
  const wrapped = insideForm(body) ?? insideValues(Object.values(query).flat());
  return wrapped ? readList([wrapped], null, readItem) : readOneOrMany(body, readItem);
}

/** The body may be a form, of either kind, with the whole JSON in one field. */
function insideForm(body: Buffer): JsonObject | undefined {
  if (!isUtf8(body) || body.length === 0) return undefined;
  const text = body.toString("utf8");
  if (text.startsWith("--")) return objectOrText(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  const form = readForm(body);
  return form.outcome === "read" ? insideValues(Object.values(form.value)) : undefined;
}

function insideValues(values: readonly unknown[]): JsonObject | undefined {
  for (const value of values) {
    const object = objectOrText(value);
    if (object) return object;
  }
  return undefined;
}

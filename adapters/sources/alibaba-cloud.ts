import type { JsonObject } from "../../core/ids/index.ts";
import { readCms1 } from "./alibaba-cms1.ts";
import { readCms2 } from "./alibaba-cms2.ts";
import { readSystemEvent } from "./alibaba-system-event.ts";
import { looksJson, type ReadItem, readForm, readList, readOneOrMany } from "./read-body.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";

/** Alibaba Cloud: CloudMonitor 1.0 (a form, or the same as JSON), its system events, and CloudMonitor 2.0. */
export const alibabaCloud: SourceAdapter = { kind: "alibaba-cloud", read };

function read({ body, zone }: Delivery): Reading {
  const readItem: ReadItem = (item, path) => readerOf(item)(item, path, zone);
  if (looksJson(body)) return readOneOrMany(body, readItem);
  const form = readForm(body);
  return form.outcome === "refused"
    ? form
    : readList([form.value], null, (item, path) => readCms1(item, path, zone));
}

function readerOf(item: JsonObject): typeof readCms1 {
  if ("alertState" in item) return readCms1;
  return "name" in item && ("product" in item || "resourceId" in item) ? readSystemEvent : readCms2;
}

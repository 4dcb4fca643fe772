import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { readJson } from "./read-json.ts";
import type { Delivery, Refusal } from "./source-adapter.ts";

/** The complete events of a delivery, attributes and `data` in one object each. */
export type CloudEventsRead = { outcome: "events"; events: readonly Json[]; path: string | null } | Refusal;

/** Finds out the mode, by the headers and by what the body is, and brings all three to one form. */
export function readCloudEvents(delivery: Delivery): CloudEventsRead {
  if (!isStructured(delivery) && headerOf(delivery, "ce-id") !== "") return readBinary(delivery);
  const json = readJson(delivery.body);
  if (json.outcome === "refused") return json;
  if (Array.isArray(json.value)) return { outcome: "events", events: json.value, path: "" };
  return { outcome: "events", events: [json.value], path: null };
}

function isStructured({ contentType }: Delivery): boolean {
  return /^application\/cloudevents(?:-batch)?\+/i.test(contentType.trim());
}

/** Attributes are headers of their own, `ce-` before the name; the body is the data alone. */
function readBinary(delivery: Delivery): CloudEventsRead {
  const event: JsonObject = {};
  for (const name of Object.keys(delivery.headers)) {
    const key = name.toLowerCase();
    if (!/^ce-[a-z0-9]{1,64}$/.test(key)) continue;
    event[key.slice("ce-".length)] = percentDecoded(headerOf(delivery, name));
  }
  event["datacontenttype"] = delivery.contentType.toWellFormed();
  const fault = addData(event, delivery);
  return fault ?? { outcome: "events", events: [event], path: null };
}

function addData(event: JsonObject, { body, contentType }: Delivery): Refusal | null {
  if (body.length === 0) return null;
  const json = readJson(body);
  if (json.outcome === "read") event["data"] = json.value;
  else if (/[/+]json\b/i.test(contentType)) return json;
  else if (isUtf8(body)) event["data"] = body.toString("utf8").toWellFormed();
  else event["data_base64"] = body.toString("base64");
  return null;
}

function headerOf({ headers }: Delivery, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return (typeof value === "string" ? value : (value?.[0] ?? "")).trim();
}

/** Header values are UTF-8 in percent encoding, to be decoded once. What is no such encoding is taken as sent. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value).toWellFormed();
  } catch {
    // A bare "%" is the sender's mistake, not a reason to lose the event.
    return value.toWellFormed();
  }
}

const REQUIRED = ["specversion", "id", "source", "type"] as const;

/** The attribute that must be there and is not; null when all are. */
export function missingAttribute(event: JsonObject): string | null {
  return REQUIRED.find((key) => typeof event[key] !== "string" || event[key] === "") ?? null;
}

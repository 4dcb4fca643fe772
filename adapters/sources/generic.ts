import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import { EVENT_STATUSES } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { hashOf, isJsonObject } from "../../core/ids/index.ts";
import { readMapped } from "./generic-mapped.ts";
import { readJson, readJsonText } from "./read-json.ts";
import { readTime } from "./read-time.ts";
import type { GenericEvent } from "./schema.ts";
import { parseGeneric, textsOf } from "./schema.ts";
import { severityOf } from "./severity.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/**
 * Whale's own plain form: `event_type` and `detail` (an object, or JSON as text), and as far as the sender
 * knows them `id` or `dedupe_key`, `incident`, `title`, `subject`, `severity`, `status`, `time`, `ends_at`,
 * `labels`, `annotations`. One object or a list of them. A source whose `fields` says where these stand takes
 * any other JSON.
 */
export const generic: SourceAdapter = { kind: "generic", read };

function read(delivery: Delivery): Reading {
  if (delivery.options?.["fields"] !== undefined) return readMapped(delivery, delivery.options);
  const json = readJson(delivery.body);
  if (json.outcome === "refused") return json;
  if (!Array.isArray(json.value)) return readItems([json.value], () => "", delivery.zone);
  if (json.value.length === 0) return refused("empty", "列表里没有事件 (the list holds no event)");
  return readItems(json.value, (index) => `[${index}]`, delivery.zone);
}

function readItems(items: readonly Json[], pathOf: (index: number) => string, zone: string): Reading {
  const occurrences: Occurrence[] = [];
  for (const [index, item] of items.entries()) {
    if (hasNoType(item)) return noType(pathOf(index));
    const parsed = parseGeneric(item, pathOf(index));
    if (parsed.outcome === "refused") return parsed;
    const status = statusOf(parsed.value);
    if (status === null) return badStatus(pathOf(index));
    occurrences.push(occurrenceOf(parsed.value, status, zone));
  }
  return { outcome: "read", occurrences };
}

function hasNoType(item: Json): boolean {
  return isJsonObject(item) && item["event_type"] === undefined;
}

/** Most likely a body of another shape, whose source has to say where its parts stand. */
function noType(prefix: string): Refusal {
  const path = prefix ? `${prefix}.event_type` : "event_type";
  const zh = `${path}：缺少此字段；不是这种格式的，请在事件源的 options.fields 里写明各字段在哪里`;
  const en = `${path} is missing; for another shape say in options.fields of the source where its parts stand`;
  return refused("bad_shape", `${zh} (${en})`);
}

/** A sender that says nothing reports that something is so now. */
function statusOf(event: GenericEvent): EventStatus | null {
  const word = (event.status ?? "firing").toLowerCase();
  return EVENT_STATUSES.find((status) => status === word) ?? null;
}

function badStatus(prefix: string): Refusal {
  const path = prefix ? `${prefix}.status` : "status";
  const known = EVENT_STATUSES.join(", ");
  return refused("bad_shape", `${path}：应为 ${known} 之一 (${path} must be one of ${known})`);
}

function occurrenceOf(event: GenericEvent, status: EventStatus, zone: string): Occurrence {
  const detail = detailOf(event.detail);
  const incident = incidentOf(event, detail);
  const time = readTime(event.time, zone);
  const endsAt = readTime(event.ends_at, zone);
  return {
    declaredType: event.event_type,
    name: event.event_type,
    title: event.title || titleOf(event.event_type, detail),
    subject: event.subject ?? "",
    severity: severityOf(textOf(event.severity)),
    status,
    ...(time === undefined ? {} : { time }),
    ...(endsAt === undefined ? {} : { endsAt }),
    fingerprint: incident,
    incident,
    dedupeKey: textOf(event.id) ?? textOf(event.dedupe_key) ?? `body:${hashOf(event)}`,
    labels: textsOf(event.labels),
    annotations: textsOf(event.annotations),
    detail,
  };
}

function textOf(value: unknown): string | undefined {
  return value === null || value === undefined || value === "" ? undefined : String(value);
}

/** `detail` as an object: JSON text is parsed once more, and what is no object is kept under one key. */
function detailOf(detail: unknown): JsonObject {
  const value = typeof detail === "string" ? parsedOrText(detail) : (detail as Json | undefined);
  if (isJsonObject(value)) return value;
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return { items: value };
  return typeof value === "string" ? { text: value } : { value };
}

function parsedOrText(text: string): Json {
  const json = readJsonText(text);
  if (json.outcome === "refused") return text;
  return typeof json.value === "object" && json.value !== null ? json.value : text;
}

/**
 * What joins firing and recovery: the sender's own word; or, for a sender that tells of recoveries, type and
 * subject, since the detail changes in between; else type and detail.
 */
function incidentOf(event: GenericEvent, detail: JsonObject): string {
  const given = textOf(event.incident);
  if (given !== undefined) return given;
  if (event.status && event.subject) return hashOf([event.event_type, event.subject]);
  return hashOf([event.event_type, detail]);
}

/** The type, with what the detail says for people where it says anything. */
function titleOf(type: string, detail: JsonObject): string {
  for (const key of ["title", "msg", "message", "summary"]) {
    const value = detail[key];
    const words = (Array.isArray(value) ? value : [value]).filter((word) => typeof word === "string");
    const text = words.join(", ").trim();
    if (text) return `${type}: ${text.split(/\r?\n/, 1)[0]}`;
  }
  return type;
}

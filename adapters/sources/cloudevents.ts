import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { missingAttribute, readCloudEvents } from "./cloudevents-modes.ts";
import { firstLine, firstText, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { jsonOrText, missing, readList } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";

/**
 * CloudEvents 1.0 over HTTP: structured, batched and binary. The format knows no state of an alert: `data`
 * may say it, or the end of the type; an event of which neither does is a point.
 */
export const cloudevents: SourceAdapter = { kind: "cloudevents", read };

function read(delivery: Delivery): Reading {
  const found = readCloudEvents(delivery);
  if (found.outcome === "refused") return found;
  return readList(found.events, found.path, (event, path) => readEvent(event, path, delivery.zone));
}

function readEvent(event: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const lacking = missingAttribute(event);
  if (lacking !== null) return missing(path, lacking);
  const [type, id, source] = [textAt(event, "type"), textAt(event, "id"), textAt(event, "source")];
  const data = dataOf(event);
  const status = statusOf(type, data);
  const subject = firstText(
    ...["host", "hostname", "instance"].map((key) => textAt(data, key)),
    textAt(event, "subject"),
  );
  return makeOccurrence({
    name: type,
    title: titleOf(data),
    subject,
    severity: severityOf(textAt(event, "severity") || textAt(data, "severity")),
    status,
    ...timesOf(event, data, status, zone),
    incident: incidentOf({ type, id, source, subject }, data, status),
    // Two events of one source with one id are one event, says the specification.
    delivery: `${source}|${id}`,
    labels: labelsOf(event, data),
    annotations: { description: textAt(data, "description") },
    detail: withoutSecrets(data),
  });
}

/** `data` as an object; what it is else stands below one key. */
function dataOf(event: JsonObject): JsonObject {
  const data = isJsonType(event) ? (jsonOrText(event["data"]) as Json | undefined) : event["data"];
  if (isJsonObject(data)) return data;
  if (Array.isArray(data)) return { items: data };
  if (data !== undefined && data !== null) return typeof data === "string" ? { text: data } : { value: data };
  const base64 = textAt(event, "data_base64");
  return base64 === "" ? {} : { data_base64: base64 };
}

function isJsonType(event: JsonObject): boolean {
  return !("datacontenttype" in event) || /[/+]json\b/i.test(textAt(event, "datacontenttype"));
}

function titleOf(data: JsonObject): string {
  const texts = ["summary", "title", "message", "description", "text"].map((key) =>
    firstLine(textAt(data, key)),
  );
  return firstText(...texts);
}

function statusOf(type: string, data: JsonObject): EventStatus {
  for (const word of [textAt(data, "status"), textAt(data, "state"), lastWord(type)]) {
    if (/^(?:firing|alerting|problem|triggered|raised)$/i.test(word)) return "firing";
    if (/^(?:resolved|ok|recovered|cleared)$/i.test(word)) return "resolved";
  }
  return "point";
}

function lastWord(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

type Times = { time: string | undefined; endsAt: string | undefined };

/** `time` is that of the occurrence: at a recovery it is the end, and the data tells of the start. */
function timesOf(event: JsonObject, data: JsonObject, status: EventStatus, zone: string): Times {
  const at = readTime(event["time"], zone);
  const startsAt = readTime(data["startsAt"], zone);
  if (status !== "resolved") return { time: at ?? startsAt, endsAt: undefined };
  return { time: startsAt, endsAt: readTime(data["endsAt"], zone) ?? at };
}

interface Identity {
  type: string;
  id: string;
  source: string;
  subject: string;
}

/** Host and alert where there are both; else what has the same source, subject and type but for the state. */
function incidentOf({ type, id, source, subject }: Identity, data: JsonObject, status: EventStatus): string {
  if (status === "point") return `${source}|${id}`;
  const alert = textAt(data, "alertname");
  if (alert !== "" && subject !== "") return `${subject}|${alert}`;
  const kind = type.replace(/\.[^.]*$/, "");
  return [source, subject, alert || kind].join("|");
}

const OWN = new Set(["specversion", "data", "data_base64", "datacontenttype", "dataschema", "time", "id"]);

/** Attributes, extensions too, and the alert's name: what mappings tell events apart by. */
function labelsOf(event: JsonObject, data: JsonObject): Record<string, string> {
  const attributes = Object.entries(withoutSecrets(event)).filter(([key]) => !OWN.has(key));
  return {
    ...scalarTexts(data["labels"]),
    alertname: textAt(data, "alertname"),
    ...scalarTexts(Object.fromEntries(attributes)),
  };
}

import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { subjectOf } from "./alertmanager-subject.ts";
import { firstLine } from "./fields.ts";
import { labelFingerprint } from "./fingerprint.ts";
import { readJson } from "./read-json.ts";
import { readTime } from "./read-time.ts";
import type { Alert, AlertmanagerBody } from "./schema.ts";
import { parseAlertmanager, textsOf } from "./schema.ts";
import { severityOf } from "./severity.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";
import { refused } from "./source-adapter.ts";

/** What was read: as many occurrences as there are alerts. */
export interface AlertsRead {
  outcome: "read";
  occurrences: Occurrence[];
}

/** Prometheus Alertmanager's webhook, payload version 4, and senders that look like it. */
export const alertmanager: SourceAdapter = { kind: "alertmanager", read };

function read(delivery: Delivery): Reading {
  const json = readJson(delivery.body);
  return json.outcome === "refused" ? json : readAlertmanagerBody(json.value, delivery.zone);
}

/** The alerts of a parsed body. Payload version 3 differs by a numeric `groupKey` and missing fingerprints. */
export function readAlertmanagerBody(value: Json, zone: string): AlertsRead | Refusal {
  const parsed = parseAlertmanager(value, "");
  if (parsed.outcome === "refused") return parsed;
  const body = parsed.value;
  if (body.alerts.length === 0) return refused("empty", "alerts：没有告警 (alerts holds none)");
  return readAlerts(body, zone);
}

function readAlerts(body: AlertmanagerBody, zone: string): AlertsRead | Refusal {
  const occurrences: Occurrence[] = [];
  for (const [index, alert] of body.alerts.entries()) {
    const status = statusOf(alert, body);
    if (status === null) return badStatus(index);
    occurrences.push(occurrenceOf(alert, status, body, zone));
  }
  return { outcome: "read", occurrences };
}

/** Each member's own: the group is firing as long as one member is. */
function statusOf(alert: Alert, body: AlertmanagerBody): EventStatus | null {
  const word = (alert.status ?? body.status ?? "firing").toLowerCase();
  return word === "firing" || word === "resolved" ? word : null;
}

function badStatus(index: number): Refusal {
  const path = `alerts[${index}].status`;
  return refused("bad_shape", `${path}：应为 firing 或 resolved (${path} must be firing or resolved)`);
}

function occurrenceOf(alert: Alert, status: EventStatus, body: AlertmanagerBody, zone: string): Occurrence {
  const labels = textsOf(alert.labels);
  const annotations = textsOf(alert.annotations);
  const name = labels["alertname"] || "alert";
  const fingerprint = alert.fingerprint || labelFingerprint(labels);
  return {
    name,
    title: titleOf(annotations) || name,
    subject: subjectOf(labels),
    severity: severityOf(labels["severity"]),
    status,
    fingerprint,
    incident: fingerprint,
    ...timesOf(alert, status, fingerprint, zone),
    labels,
    annotations,
    detail: detailOf(alert, body),
  };
}

type Times = Pick<Occurrence, "time" | "endsAt" | "dedupeKey">;

/** Without a start nothing tells a second delivery from a second firing, so there is no dedupe key. */
function timesOf(alert: Alert, status: EventStatus, fingerprint: string, zone: string): Times {
  const time = readTime(alert.startsAt, zone);
  const endsAt = readTime(alert.endsAt, zone);
  const end = status === "resolved" && endsAt !== undefined ? [endsAt] : [];
  return {
    ...(time === undefined ? {} : { time, dedupeKey: [fingerprint, time, status, ...end].join("|") }),
    ...(endsAt === undefined ? {} : { endsAt }),
  };
}

function titleOf(annotations: Readonly<Record<string, string>>): string {
  for (const wanted of ["summary", "description", "message"]) {
    // Some rule sets write their annotation names in capitals.
    const key = Object.keys(annotations).find((name) => name.toLowerCase() === wanted);
    const line = key === undefined ? "" : firstLine(annotations[key] ?? "");
    if (line) return line;
  }
  return "";
}

/** Where the alert came from, for whoever looks further. Labels and annotations stand beside it. */
function detailOf(alert: Alert, body: AlertmanagerBody): JsonObject {
  const detail: JsonObject = {};
  if (alert.generatorURL) detail["generatorURL"] = alert.generatorURL;
  if (body.externalURL) detail["externalURL"] = body.externalURL;
  if (body.receiver) detail["receiver"] = body.receiver;
  if (body.groupKey) detail["groupKey"] = String(body.groupKey);
  return detail;
}

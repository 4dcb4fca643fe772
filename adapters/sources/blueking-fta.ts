import type { EventStatus, Occurrence, Severity } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import { firstText, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { levelOf, THREE_LEVELS, ZABBIX_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Refusal } from "./source-adapter.ts";

/** What tools push to BlueKing's FTA: its REST form, and the form that its script makes of Zabbix' macros. */
export function readFta(body: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const name = firstText(textAt(body, "alert_name"), textAt(body, "alarm_type"));
  if (name === "") return missing(path, "alert_name", "alarm_type");
  const tags = scalarTexts(body["tags"]);
  const title = firstText(textAt(body, "alarm_content"), textAt(body, "alert_name"));
  const subject = firstText(tags["HOST.HOST"] ?? "", textAt(body, "ip"), textAt(body, "target"));
  return makeOccurrence({
    name,
    title,
    subject,
    severity: severityOfFta(body, tags),
    status: statusOf(textAt(body, "status")),
    ...timesOf(body, zone),
    incident: incidentOf(body, tags) || hashOf([name, subject]),
    labels: {
      ...scalarTexts(body["alarm_context"]),
      ...tags,
      metric: textAt(body, "metric"),
      category: textAt(body, "category"),
      target_type: textAt(body, "target_type"),
      bk_biz_id: textAt(body, "bk_biz_id"),
      host_ip: firstText(tags["HOST.IP"] ?? "", textAt(body, "ip")),
    },
    annotations: { description: textAt(body, "description") },
    detail: withoutSecrets(body, "assignee"),
  });
}

/** The Zabbix script compares a text with numbers, so it always says 1: Zabbix' own number is the truth. */
function severityOfFta(body: JsonObject, tags: Readonly<Record<string, string>>): Severity {
  const zabbix = tags["TRIGGER.NSEVERITY"];
  return zabbix === undefined
    ? levelOf(textAt(body, "severity"), THREE_LEVELS)
    : levelOf(zabbix, ZABBIX_LEVELS);
}

function statusOf(word: string): EventStatus {
  return /^(?:ok|recovered|resolved|closed)$/i.test(word) ? "resolved" : "firing";
}

/** `time` is that of the message, so it is the end of what has recovered. */
function timesOf(body: JsonObject, zone: string): { time: string | undefined; endsAt: string | undefined } {
  const time = readTime(body["anomaly_time"], zone) ?? readTime(body["source_time"], zone);
  return { time, endsAt: readTime(body["time"], zone) };
}

function incidentOf(body: JsonObject, tags: Readonly<Record<string, string>>): string {
  const zabbixEvent = tags["EVENT.ID"];
  if (zabbixEvent !== undefined) return `zabbix-event-${zabbixEvent}`;
  return firstText(textAt(body, "event_id"), textAt(body, "source_id"));
}

import type { Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf, isJsonObject } from "../../core/ids/index.ts";
import { handshakeOf } from "./confirm-url.ts";
import { firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { HUAWEI_LEVELS, levelOf } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { jsonOrText, missing, notOneOf, readObject } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";
import { type Envelope, plainMessage, unsubscribed } from "./topic-message.ts";

/** Huawei Cloud's Simple Message Notification: the handshake, and alarms of its Cloud Eye. */
export const huaweiSmn: SourceAdapter = { kind: "huawei-smn", read };

const OWN_HOST = /^(?:[a-z0-9-]+\.)+(?:my)?huaweicloud\.(?:com|cn|eu)$/i;

function read({ body, zone, options }: Delivery): Reading {
  const json = readObject(body);
  if (json.outcome === "refused") return json;
  const field = (key: string) => textAt(json.value, key);
  const [type, topic] = [field("type"), field("topic_urn")];
  if (type === "") return missing("", "type");
  const sentAt = readTime(json.value["timestamp"], zone);
  const envelope: Envelope = { id: field("message_id"), topic, subject: field("subject"), sentAt };
  if (type === "SubscriptionConfirmation") {
    const asked = { field: "subscribe_url", url: field("subscribe_url"), topic, message: field("message") };
    return handshakeOf({ ...asked, ownHost: OWN_HOST, moreHosts: options?.["confirmHosts"] });
  }
  if (type === "UnsubscribeConfirmation") return { outcome: "read", occurrences: [unsubscribed(envelope)] };
  if (type !== "Notification") {
    return notOneOf("", "type", "Notification, SubscriptionConfirmation, UnsubscribeConfirmation");
  }
  return { outcome: "read", occurrences: [notification(json.value["message"], envelope, zone)] };
}

/** The message is JSON as text only where the topic's template is JSON. */
function notification(given: unknown, envelope: Envelope, zone: string): Occurrence {
  const message = jsonOrText(given);
  const alarm = objectAt(message, "data");
  if (textAt(alarm, "AlarmRuleName") !== "" || textAt(alarm, "AlarmRecordID") !== "")
    return cesAlarm(alarm, envelope, zone);
  const level = /[[【]?(紧急|重要|次要|提示)告警/.exec(envelope.subject)?.[1] ?? "";
  return plainMessage(
    envelope,
    isJsonObject(message) ? message : textAt({ message }, "message"),
    levelOf(level, HUAWEI_LEVELS),
  );
}

function cesAlarm(alarm: JsonObject, envelope: Envelope, zone: string): Occurrence {
  const text = (key: string) => textAt(alarm, key);
  // Templates leave the field out when the alarm is over.
  const resolved = text("IsAlarm").toLowerCase() !== "true";
  const at = alarmTime(text("AlarmTime"), zone) ?? envelope.sentAt;
  const metric = text("MetricName") === "" ? "" : ` (${text("MetricName")})`;
  return makeOccurrence({
    name: `CES ${text("AlarmRuleName")}${metric}`,
    title: titleOf(envelope.subject),
    subject: firstText(text("ResourceName"), text("ResourceId"), text("PrivateIp")),
    severity: levelOf(text("AlarmLevel"), HUAWEI_LEVELS),
    status: resolved ? "resolved" : "firing",
    time: resolved ? undefined : at,
    endsAt: at,
    incident:
      text("AlarmRecordID") || hashOf([text("AlarmRuleName"), text("ResourceId"), text("MetricName")]),
    delivery: envelope.id,
    labels: { ...scalarTexts(pickLabels(alarm)), topic: envelope.topic, host_ip: text("PrivateIp") },
    annotations: {
      current: text("CurrentData"),
      threshold: `${text("ComparisonOperator")} ${text("Value")}`.trim(),
    },
    detail: withoutSecrets(alarm, "AccountName"),
  });
}

const LABELS = ["Namespace", "DimensionName", "ResourceId", "RegionId", "AlarmRuleName", "MetricName"];

function pickLabels(alarm: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(alarm).filter(([key]) => LABELS.includes(key)));
}

/** The subject without the marks before it and the full stop: `[华为云][紧急告警]云监控通知：…已触发告警。`. */
function titleOf(subject: string): string {
  return subject
    .replace(/^(?:\[[^\]]*\]|【[^】]*】)+/, "")
    .replace(/。$/, "")
    .trim();
}

/** `2025/06/02 22:56:15 GMT+08:00`; one template prints it without the blanks. */
function alarmTime(text: string, zone: string): string | undefined {
  const match =
    /^(\d{4}[/-]\d{1,2}[/-]\d{2})\s*(\d{2}:\d{2}:\d{2})\s*(?:GMT|UTC)?\s*([+-]\d{2}:?\d{2})?$/.exec(text);
  return match ? readTime(`${match[1]} ${match[2]}${match[3] ?? ""}`, zone) : readTime(text, zone);
}

import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstLine, firstText, listAt, textAt, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Envelope } from "./topic-message.ts";

/** An alarm of CloudWatch, as it comes in a message of SNS. AWS knows no level: it is `unknown`. */
export function readCloudWatch(alarm: JsonObject, envelope: Envelope, zone: string): Occurrence {
  const text = (key: string) => textAt(alarm, key);
  const dimensions = dimensionsOf(alarm);
  const status = statusOf(text("NewStateValue"));
  const at = readTime(alarm["StateChangeTime"], zone) ?? envelope.sentAt;
  return makeOccurrence({
    name: text("AlarmName"),
    title: firstText(firstLine(text("AlarmDescription")), envelope.subject),
    subject: firstText(dimensions["InstanceId"] ?? "", Object.values(dimensions).join("/")),
    severity: severityOf(text("Severity")),
    status,
    time: status === "resolved" ? undefined : at,
    endsAt: at,
    incident: text("AlarmArn") || `${text("Region")}|${text("AlarmName")}`,
    delivery: envelope.id,
    labels: {
      ...dimensions,
      region: text("Region"),
      namespace: textAt(alarm, "Trigger", "Namespace"),
      metric: textAt(alarm, "Trigger", "MetricName"),
      topic: envelope.topic,
    },
    annotations: { reason: text("NewStateReason"), description: text("AlarmDescription") },
    detail: withoutSecrets(alarm, "AWSAccountId"),
  });
}

/** Too few data neither opens nor closes what is known. */
function statusOf(state: string): EventStatus {
  if (state === "ALARM") return "firing";
  return state === "OK" ? "resolved" : "point";
}

function dimensionsOf(alarm: JsonObject): Record<string, string> {
  const dimensions: Record<string, string> = {};
  for (const dimension of listAt(alarm, "Trigger", "Dimensions")) {
    const name = textAt(dimension, "name");
    if (name !== "" && name !== "__proto__") dimensions[name] = textAt(dimension, "value");
  }
  return dimensions;
}

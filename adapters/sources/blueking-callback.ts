import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import { firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { levelOf, THREE_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Refusal } from "./source-adapter.ts";

/** BlueKing formats these times in UTC and does not say so, whatever the zone of its other texts. */
const CALLBACK_ZONE = "UTC";

/** The usual body of the monitor's HTTP callback, `{{alarm.callback_message}}`. */
export function readBluekingCallback(body: JsonObject, path: string): Occurrence | Refusal {
  const event = objectAt(body, "event");
  const strategy = objectAt(body, "strategy");
  const [strategyId, strategyName] = [textAt(strategy, "id"), textAt(strategy, "name")];
  if (firstText(strategyId, strategyName) === "") return missing(path, "strategy.id");
  const dimensions = scalarTexts(event["dimensions"]);
  const status = statusOf(textAt(body, "type"));
  const name = `BlueKing strategy ${strategyId}`.trim();
  return makeOccurrence({
    name: strategyName === "" ? name : `${name} (${strategyName})`,
    title: titleOf(body, strategyName, status),
    subject: subjectOf(dimensions),
    severity: levelOf(textAt(event, "level"), THREE_LEVELS),
    status,
    time: readTime(event["begin_time"], CALLBACK_ZONE),
    endsAt: readTime(event["end_time"], CALLBACK_ZONE),
    incident:
      firstText(textAt(event, "id"), textAt(event, "event_id")) ||
      hashOf([strategyId, strategyName, dimensions]),
    labels: {
      ...dimensions,
      scenario: textAt(body, "scenario"),
      bk_biz_id: textAt(body, "bk_biz_id"),
      bk_biz_name: textAt(body, "bk_biz_name"),
    },
    annotations: {
      description: textAt(body, "description"),
      current_value: textAt(body, "current_value"),
      related_info: textAt(body, "related_info"),
    },
    detail: withoutSecrets(body),
  });
}

/** An acknowledgement is told and changes nothing; whatever else is not an end tells that it goes on. */
function statusOf(type: string): EventStatus {
  if (/RECOVER|CLOSE/i.test(type)) return "resolved";
  return /ACK/i.test(type) ? "point" : "firing";
}

/** The record of the last anomaly still shows the old value at recovery. */
function titleOf(body: JsonObject, strategyName: string, status: EventStatus): string {
  if (status === "resolved") return strategyName;
  const anomalies = objectAt(body, "latest_anomaly_record", "origin_alarm", "anomaly");
  const level = textAt(body, "event", "level");
  const said = firstText(textAt(anomalies, level, "anomaly_message"), textAt(body, "description"));
  return [strategyName, said].filter(Boolean).join(": ");
}

function subjectOf(dimensions: Readonly<Record<string, string>>): string {
  const keys = [
    "bk_host_name",
    "hostname",
    "bk_target_ip",
    "ip",
    "bk_target_service_instance_id",
    "pod_name",
    "node_name",
  ];
  return firstText(...keys.map((key) => dimensions[key] ?? ""));
}

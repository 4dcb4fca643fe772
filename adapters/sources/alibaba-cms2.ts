import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import { firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, notOneOf } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Refusal } from "./source-adapter.ts";

const STATES: Readonly<Record<string, EventStatus>> = {
  OCCURRED: "firing",
  PERSISTENT: "firing",
  RESOLVED: "resolved",
  RECOVERED: "resolved",
};

/** One alert of CloudMonitor 2.0. Only subject and status are sure to be there. */
export function readCms2(body: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const [title, rule, word] = [textAt(body, "subject"), textAt(body, "ruleId"), textAt(body, "status")];
  if (firstText(rule, title) === "") return missing(path, "subject");
  if (word === "") return missing(path, "status");
  const status = Object.hasOwn(STATES, word.toUpperCase()) ? STATES[word.toUpperCase()] : undefined;
  if (status === undefined) return notOneOf(path, "status", Object.keys(STATES).join(", "));
  const labels = scalarTexts(body["labels"]);
  const id = textAt(body, "id");
  // The two times may not agree: `timestamp` is the alert's, `time` the message's.
  const at = readTime(body["timestamp"], zone) ?? readTime(body["time"], zone);
  return makeOccurrence({
    name: firstText(rule, title),
    title,
    subject: subjectOf(body, labels),
    severity: severityOf(textAt(body, "severity")),
    status,
    time: status === "resolved" ? undefined : at,
    endsAt: at,
    incident: incidentOf(body, rule, title, labels),
    delivery: id === "" ? "" : `${id}|${word.toUpperCase()}`,
    labels: {
      ...scalarTexts(objectAt(body, "resource", "tags")),
      ...labels,
      entity: textAt(body, "alertEntityId"),
      host_ip: textAt(body, "alertEntityFields", "privateIp"),
    },
    annotations: { ...scalarTexts(body["annotations"]), message: textAt(body, "alertMessage") },
    detail: withoutSecrets(body, "userId"),
  });
}

function subjectOf(body: JsonObject, labels: Readonly<Record<string, string>>): string {
  const entity = objectAt(body, "resource", "entity");
  return firstText(
    textAt(entity, "prop", "instanceName"),
    textAt(entity, "entity_id"),
    labels["instanceName"] ?? "",
    labels["instanceId"] ?? "",
    textAt(body, "alertEntityId"),
  );
}

function incidentOf(body: JsonObject, rule: string, title: string, labels: object): string {
  const entity = textAt(body, "alertEntityId");
  return rule !== "" && entity !== "" ? `${rule}|${entity}` : hashOf([rule, title, labels]);
}

import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { hashOf, isJsonObject } from "../../core/ids/index.ts";
import { firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { levelOf, TENCENT_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, notOneOf, objectOrText, readOneOrMany } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";
import { readEventBridge } from "./tencent-event-bridge.ts";

/** Tencent Cloud: the alarm callback of its monitoring (metric, event), and EventBridge's webhook target. */
export const tencentCloud: SourceAdapter = { kind: "tencent-cloud", read };

function read({ body, zone }: Delivery): Reading {
  return readOneOrMany(body, (item, path) =>
    "specversion" in item ? readEventBridge(item, path, zone) : readAlarm(item, path, zone),
  );
}

function readAlarm(alarm: JsonObject, path: string, zone: string): Occurrence | Refusal {
  if (!("alarmStatus" in alarm)) return missing(path, "alarmStatus");
  const status = statusOf(textAt(alarm, "alarmStatus"));
  if (status === null) return notOneOf(path, "alarmStatus", "0, 1");
  const object = objectAt(alarm, "alarmObjInfo");
  const policy = objectAt(alarm, "alarmPolicyInfo");
  const dimensions = dimensionsOf(object["dimensions"]);
  return makeOccurrence({
    name: nameOf(object, policy),
    title: titleOf(policy),
    subject: subjectOf(dimensions),
    severity: levelOf(textAt(alarm, "alarmLevel"), TENCENT_LEVELS),
    status,
    time: readTime(alarm["firstOccurTime"], zone),
    endsAt: readTime(alarm["recoverTime"], zone),
    incident:
      textAt(alarm, "sessionId") || hashOf([textAt(policy, "policyId"), conditionName(policy), dimensions]),
    labels: labelsOf(object, policy, dimensions),
    detail: withoutSecrets(alarm),
  });
}

function statusOf(word: string): EventStatus | null {
  if (word === "1") return "firing";
  return word === "0" ? "resolved" : null;
}

/** An object; some products send it as JSON text, or as a list of objects. */
function dimensionsOf(given: Json | undefined): JsonObject {
  if (!Array.isArray(given)) return objectOrText(given) ?? {};
  return Object.fromEntries(given.filter(isJsonObject).flatMap((part) => Object.entries(part)));
}

function conditionName(policy: JsonObject): string {
  return firstText(textAt(policy, "conditions", "metricName"), textAt(policy, "conditions", "eventName"));
}

/** Product and metric; the product is the end of the namespace where it is not named. */
function nameOf(object: JsonObject, policy: JsonObject): string {
  const namespace = textAt(object, "namespace");
  const product = firstText(
    textAt(policy, "conditions", "productName"),
    namespace.slice(namespace.lastIndexOf("/") + 1),
    textAt(policy, "policyType"),
  );
  const condition = firstText(conditionName(policy), textAt(policy, "policyName"));
  return [product, condition].filter(Boolean).join(" ") || "tencent-cloud";
}

function titleOf(policy: JsonObject): string {
  const text = (key: string) => textAt(policy, "conditions", key);
  if (text("metricShowName") === "" || text("calcType") === "") {
    return firstText(text("eventShowName"), text("metricShowName"), textAt(policy, "policyName"));
  }
  const condition = `${text("metricShowName")} ${text("calcType")} ${text("calcValue")}${text("calcUnit")}`;
  return text("currentValue") === ""
    ? condition
    : `${condition} (当前 ${text("currentValue")}${text("unit")})`;
}

/** Dimensions differ by product: the instance's name, its id, the address, else whatever is named first. */
function subjectOf(dimensions: JsonObject): string {
  const known = ["instanceName", "unInstanceId", "instanceId", "InstanceId"].map((key) =>
    textAt(dimensions, key),
  );
  const [first = ""] = Object.values(scalarTexts(dimensions));
  return firstText(...known, addressOf(dimensions), first);
}

/** `objName` is the address with a number behind it. */
function addressOf(dimensions: JsonObject): string {
  return firstText(
    textAt(dimensions, "objDetail", "deviceLanIp"),
    textAt(dimensions, "objName").split("#")[0] ?? "",
  );
}

function labelsOf(object: JsonObject, policy: JsonObject, dimensions: JsonObject): Record<string, string> {
  return {
    ...scalarTexts(dimensions),
    region: textAt(object, "region"),
    namespace: textAt(object, "namespace"),
    policyId: textAt(policy, "policyId"),
    policyName: textAt(policy, "policyName"),
    condition: conditionName(policy),
    host_ip: addressOf(dimensions),
  };
}

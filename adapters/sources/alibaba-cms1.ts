import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstText, scalarTexts, sortedPairs, textOf, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, notOneOf, objectOrText } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Refusal } from "./source-adapter.ts";

/** Too few data neither opens nor closes what is known. */
const STATES: Readonly<Record<string, EventStatus>> = {
  ALERT: "firing",
  OK: "resolved",
  INSUFFICIENT_DATA: "point",
};

/** One threshold alert of CloudMonitor 1.0. */
export function readCms1(body: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const text = (key: string) => presentText(body[key]);
  const state = text("alertState");
  if (state === "") return missing(path, "alertState");
  const status = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  if (status === undefined) return notOneOf(path, "alertState", Object.keys(STATES).join(", "));
  const { userId: _account, ...dimensions } = dimensionsOf(body["dimensions"]);
  const product = firstText(text("namespace"), text("metricProject"));
  const metric = firstText(text("rawMetricName"), text("metricName"));
  const rule = text("ruleId");
  return makeOccurrence({
    name: [product, metric, rule === "" ? "" : `(${rule})`].filter(Boolean).join(" ") || "CloudMonitor",
    title: text("alertName"),
    subject: firstText(text("instanceName"), dimensions["instanceId"] ?? "", idsOf(dimensions)),
    severity: severityOf(levelWord(text("triggerLevel"), text("preTriggerLevel"))),
    status,
    ...timesOf(body, zone),
    incident: `${firstText(rule, `${product} ${metric}`)}|${sortedPairs(dimensions)}`,
    delivery: text("transId"),
    labels: {
      ...dimensions,
      regionId: text("regionId"),
      namespace: product,
      metric,
      ruleId: rule,
      group: text("productGroupName"),
    },
    annotations: { expression: text("expression"), value: `${text("curValue")}${text("unit")}` },
    detail: withoutSecrets(body, "userId"),
  });
}

/** What is missing comes as the word "null". */
function presentText(value: unknown): string {
  const text = textOf(value);
  return text === "null" ? "" : text;
}

/** A recovery has the level OK; how bad it was stands in the level before. */
function levelWord(level: string, before: string): string {
  return level === "" || level === "OK" ? before : level;
}

/** An object, or Java's text of a map: `{a=1, b=x=y}`. */
function dimensionsOf(given: unknown): Record<string, string> {
  const object = objectOrText(given);
  if (object) return scalarTexts(object);
  const pairs = textOf(given)
    .replace(/^\{|\}$/g, "")
    .split(", ");
  const found = pairs
    .filter((pair) => pair.includes("="))
    .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  return scalarTexts(Object.fromEntries(found));
}

/** Things that are no hosts are named by their dimensions, ids before the rest. */
function idsOf(dimensions: Readonly<Record<string, string>>): string {
  const keys = Object.keys(dimensions).filter((key) => key !== "region" && key !== "regionId");
  const isId = (key: string) => /(?:id|uid)$/i.test(key);
  const ordered = [...keys.filter(isId).sort(), ...keys.filter((key) => !isId(key)).sort()];
  return ordered.map((key) => dimensions[key]).join("/");
}

/** `timestamp` is that of the message; how long it has lasted is told in words. */
function timesOf(body: JsonObject, zone: string): { time: string | undefined; endsAt: string | undefined } {
  const at = readTime(body["timestamp"], zone);
  const lastedMs = durationMs(presentText(body["lastTime"]));
  const time = at === undefined ? undefined : readTime(Date.parse(at) - lastedMs, zone);
  return { time, endsAt: at };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  天: 86_400_000,
  d: 86_400_000,
  小时: 3_600_000,
  h: 3_600_000,
  分钟: 60_000,
  分: 60_000,
  m: 60_000,
  秒: 1_000,
  s: 1_000,
};

/** `1小时27分钟`, `27 minutes`. */
function durationMs(text: string): number {
  let sum = 0;
  for (const match of text.slice(0, 100).matchAll(/(\d{1,6})\s*(天|小时|分钟|分|秒|[dhms])/gi)) {
    sum += Number(match[1]) * (UNIT_MS[(match[2] ?? "").toLowerCase()] ?? 0);
  }
  return sum;
}

import type { EventStatus } from "../../core/events/index.ts";
import { firstLine, sortedPairs } from "./fields.ts";
import { FALCON_LEVELS, levelOf } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { type FalconText, parseFalconText } from "./open-falcon-text.ts";
import { missing, notOneOf, readForm } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";

/** Open-Falcon: the callback of a strategy (a GET whose query says all), and the form of the IM and SMS senders. */
export const openFalcon: SourceAdapter = { kind: "open-falcon", read };

function read({ body, query, zone }: Delivery): Reading {
  const asked = fieldsOf(query);
  if (body.length === 0 && asked["metric"] !== undefined) return readCallback(asked, zone);
  const form = readForm(body);
  if (form.outcome === "refused") return form;
  return form.value["metric"] === undefined ? readMessage(form.value, zone) : readCallback(form.value, zone);
}

function fieldsOf(query: Delivery["query"]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(query)) {
    const first = typeof value === "string" ? value : value?.[0];
    if (first !== undefined && key !== "__proto__") fields[key] = first.toWellFormed();
  }
  return fields;
}

function readCallback(fields: Record<string, string>, zone: string): Reading {
  const { endpoint = "", metric = "", priority = "", left_value: value = "" } = fields;
  if (endpoint === "") return missing("", "endpoint");
  if (metric === "") return missing("", "metric");
  const status = statusOf(fields["status"]);
  if (status === null) return notOneOf("", "status", "PROBLEM, OK");
  const tags = tagsOf(fields["tags"] ?? "", ":");
  const tagText = sortedPairs(tags, ":");
  const occurrence = makeOccurrence({
    name: metric,
    title: `${metric} ${value} on ${endpoint}${tagText === "" ? "" : ` [${tagText}]`}`,
    subject: endpoint,
    severity: levelOf(priority, FALCON_LEVELS),
    status,
    ...timesOf(fields["time"], status, zone),
    incident: ["falcon", judgeOf(fields), endpoint, metric, tagText].filter((part) => part !== "").join("-"),
    labels: { ...tags, endpoint, metric },
    // A webhook's own token comes in the query as well.
    detail: pickFields(fields),
  });
  return { outcome: "read", occurrences: [occurrence] };
}

const KEPT = [
  "endpoint",
  "metric",
  "status",
  "step",
  "priority",
  "time",
  "tpl_id",
  "exp_id",
  "stra_id",
  "left_value",
  "tags",
];

function pickFields(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(KEPT.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])));
}

/** What judged: a strategy, or an expression; the other's id is 0. */
function judgeOf({ stra_id: strategy = "0", exp_id: expression = "0" }: Record<string, string>): string {
  if (strategy !== "0" && strategy !== "") return `s${strategy}`;
  return expression === "0" || expression === "" ? "" : `e${expression}`;
}

function statusOf(word: string | undefined): EventStatus | null {
  if (word === "PROBLEM") return "firing";
  return word === "OK" ? "resolved" : null;
}

/** The time is that of the state: a recovery does not say when it began. */
function timesOf(
  text: string | undefined,
  status: EventStatus,
  zone: string,
): { time?: string; endsAt?: string } {
  const at = readTime(text, zone);
  if (at === undefined) return {};
  return status === "resolved" ? { endsAt: at } : { time: at };
}

/** Their order is that of a Go map, and changes from call to call. */
function tagsOf(text: string, separator: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const at = pair.indexOf(separator);
    const key = pair.slice(0, Math.max(at, 0)).trim();
    if (key !== "" && key !== "__proto__") tags[key] = pair.slice(at + 1).trim();
  }
  return tags;
}

function readMessage(form: Record<string, string>, zone: string): Reading {
  const content = (form["content"] ?? "").trim();
  if (content === "") return missing("", "content");
  const parsed = parseFalconText(content);
  return parsed ? readText(parsed, content, zone) : readOther(content);
}

function readText(text: FalconText, content: string, zone: string): Reading {
  const { endpoint, metric, note } = text;
  const status = statusOf(text.status) ?? "firing";
  const tags = tagsOf(text.tags, "=");
  const occurrence = makeOccurrence({
    name: metric,
    title: note || `${metric} ${text.condition} on ${endpoint}`,
    subject: endpoint,
    severity: levelOf(text.priority, FALCON_LEVELS),
    status,
    ...timesOf(text.time, status, zone),
    incident: ["falcon", endpoint, metric, sortedPairs(tags)].filter((part) => part !== "").join("-"),
    labels: { ...tags, endpoint, metric },
    annotations: { content },
    detail: { ...text },
  });
  return { outcome: "read", occurrences: [occurrence] };
}

/** Merged messages of low priority, and templates of a company's own: the text is all there is. */
function readOther(content: string): Reading {
  const priority = /^\[P(\d)\]/.exec(content)?.[1] ?? "";
  const title = firstLine(content);
  const occurrence = makeOccurrence({
    name: "open-falcon message",
    title,
    subject: "",
    severity: levelOf(priority, FALCON_LEVELS),
    status: "point",
    incident: title,
    annotations: { content },
    detail: { content },
  });
  return { outcome: "read", occurrences: [occurrence] };
}

import type { EventStatus, Occurrence, Severity } from "../../core/events/index.ts";
import { EVENT_STATUSES, SEVERITIES } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { hashOf, isJsonObject, pick } from "../../core/ids/index.ts";
import { firstLine, scalarTexts, textOf, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { checkNamedPaths, checkPath, checkWordTable, type OptionChecks, pathsOf } from "./options.ts";
import { missing, notOneOf, objectOrText, readList } from "./read-body.ts";
import { readJson } from "./read-json.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Delivery, Reading, Refusal } from "./source-adapter.ts";

const FIELDS = [
  "type",
  "name",
  "title",
  "subject",
  "severity",
  "status",
  "time",
  "endsAt",
  "incident",
  "fingerprint",
  "dedupeKey",
  "labels",
  "annotations",
  "detail",
] as const;
type Field = (typeof FIELDS)[number];

/**
 * The options of a body of any shape: `fields` says where each part of an occurrence stands, `items` where the
 * list of alerts is, `statuses` and `severities` what the sender's words mean.
 */
export const MAPPED_OPTIONS: OptionChecks = {
  fields: checkNamedPaths(FIELDS),
  items: checkPath,
  statuses: checkWordTable(EVENT_STATUSES),
  severities: checkWordTable(SEVERITIES),
};

type Options = Readonly<Record<string, Json>>;
type Get = (field: Field) => Json | undefined;

/** Reads JSON of any shape as the source's options say. `fields` must name at least `name` or `type`. */
export function readMapped({ body, zone }: Delivery, options: Options): Reading {
  const json = readJson(body);
  if (json.outcome === "refused") return json;
  const readItem = (item: JsonObject, path: string) => readOne(item, options, path, zone);
  const [keys] = pathsOf(options["items"]) ?? [];
  const items = keys ? pick(json.value, keys) : json.value;
  if (Array.isArray(items)) return readList(items as Json[], keys ? keys.join(".") : "", readItem);
  return items === undefined
    ? missing("", textOf(options["items"]))
    : readList([items as Json], null, readItem);
}

function getterOf(item: JsonObject, options: Options): Get {
  const fields = isJsonObject(options["fields"]) ? options["fields"] : {};
  return (field) => {
    const paths = Object.hasOwn(fields, field) ? (pathsOf(fields[field]) ?? []) : [];
    const values = paths.map((keys) => pick(item, keys));
    return values.find((value) => value !== undefined && value !== null && value !== "") as Json | undefined;
  };
}

function readOne(item: JsonObject, options: Options, path: string, zone: string): Occurrence | Refusal {
  const get = getterOf(item, options);
  const text = (field: Field) => textOf(get(field));
  const type = text("type");
  const name = text("name") || type;
  if (name === "") return missing(path, "fields.name");
  const status = statusOf(text("status"), options);
  if (status === null) return notOneOf(path, "fields.status", EVENT_STATUSES.join(", "));
  const subject = text("subject");
  const mapped = detailOf(get("detail"));
  const labels = scalarTexts(get("labels"));
  const incident =
    text("incident") || hashOf(subject === "" ? [name, labels, mapped ?? null] : [name, subject]);
  const occurrence = makeOccurrence({
    name,
    title: firstLine(text("title")),
    subject,
    severity: severityOfWord(text("severity"), options),
    status,
    time: readTime(get("time"), zone),
    endsAt: readTime(get("endsAt"), zone),
    incident,
    fingerprint: text("fingerprint") || incident,
    delivery: text("dedupeKey"),
    labels,
    annotations: scalarTexts(get("annotations")),
    detail: mapped ?? withoutSecrets(item),
  });
  return type === "" ? occurrence : { ...occurrence, declaredType: type };
}

/** A sender that says nothing reports that something is so now. */
function statusOf(word: string, options: Options): EventStatus | null {
  const known = wordIn(options["statuses"], word) || word.toLowerCase() || "firing";
  return EVENT_STATUSES.find((status) => status === known) ?? null;
}

function severityOfWord(word: string, options: Options): Severity {
  const known = wordIn(options["severities"], word);
  return SEVERITIES.find((severity) => severity === known) ?? severityOf(word);
}

function wordIn(table: Json | undefined, word: string): string {
  return isJsonObject(table) && Object.hasOwn(table, word) ? textOf(table[word]) : "";
}

/** Undefined where the source does not say: then the whole alert is the detail. */
function detailOf(given: Json | undefined): JsonObject | undefined {
  const object = objectOrText(given);
  if (object) return object;
  if (given === undefined || given === null) return undefined;
  if (Array.isArray(given)) return { items: given };
  return typeof given === "string" ? { text: given } : { value: given };
}

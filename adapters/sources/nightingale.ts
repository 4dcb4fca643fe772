import type { Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf, isJsonObject } from "../../core/ids/index.ts";
import { firstText, listAt, objectAt, scalarTexts, textAt, textOf, withoutSecrets } from "./fields.ts";
import { levelOf, THREE_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, readList, readOneOrMany } from "./read-body.ts";
import { readJson } from "./read-json.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";

/** Nightingale: an event, a list of them, or the notification channel's wrapper `{ events, sendtos, tpl }`. */
export const nightingale: SourceAdapter = { kind: "nightingale", read };

function read({ body, zone }: Delivery): Reading {
  const readItem = (item: JsonObject, path: string) => readEvent(item, path, zone);
  const json = readJson(body);
  if (json.outcome === "refused") return json;
  if (isJsonObject(json.value) && Array.isArray(json.value["events"])) {
    return readList(json.value["events"], "events", readItem);
  }
  return readOneOrMany(body, readItem);
}

function readEvent(event: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const [ruleId, ruleName] = [textAt(event, "rule_id"), textAt(event, "rule_name")];
  if (ruleId === "" && ruleName === "") return missing(path, "rule_name");
  const resolved = /^(?:true|1)$/i.test(textAt(event, "is_recovered"));
  const tags = tagsOf(event);
  const sameThing = hashOf([ruleId, ruleName, tags]);
  return makeOccurrence({
    name: ruleId === "" ? ruleName : `n9e rule ${ruleId}${ruleName === "" ? "" : ` (${ruleName})`}`,
    title: titleOf(event, ruleName, resolved),
    subject: firstText(textAt(event, "target_ident"), tags["ident"] ?? ""),
    severity: levelOf(textAt(event, "severity"), THREE_LEVELS),
    status: resolved ? "resolved" : "firing",
    time: readTime(event["first_trigger_time"], zone) ?? readTime(event["trigger_time"], zone),
    // The engine leaves recover_time at 0 although it is there.
    endsAt: readTime(event["recover_time"], zone) ?? readTime(event["last_eval_time"], zone),
    incident: textAt(event, "hash") || sameThing,
    // Each threshold of a rule has a hash of its own; the things they are about stay in one order.
    fingerprint: sameThing,
    labels: { ...tags, host_ip: textAt(event, "target", "host_ip") },
    annotations: { ...scalarTexts(event["annotations"]), rule_note: textAt(event, "rule_note") },
    // Receivers are people: their ids and numbers are not kept.
    detail: withoutSecrets(event, "notify_users_obj", "notify_groups_obj", "sendtos", "shot_image_base64"),
  });
}

/** A rule with several thresholds has one name for all of them: there the value says which. It is stale at recovery. */
function titleOf(event: JsonObject, ruleName: string, resolved: boolean): string {
  const value = firstText(
    textAt(event, "trigger_values_json", "values_with_unit", "v", "text"),
    textAt(event, "trigger_value"),
  );
  const thresholds = listAt(event, "rule_config", "queries").length;
  return resolved || thresholds < 2 || value === "" || ruleName === "" ? ruleName : `${ruleName} (${value})`;
}

function tagsOf(event: JsonObject): Record<string, string> {
  const map = scalarTexts(objectAt(event, "tags_map"));
  if (Object.keys(map).length > 0) return map;
  const given = event["tags"];
  // Version 5 sends one text with the tags separated by two commas.
  const tags = Array.isArray(given) ? given.map(textOf) : textOf(given).split(",,");
  const pairs = tags
    .filter((tag) => tag.includes("="))
    .map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]);
  return scalarTexts(Object.fromEntries(pairs));
}

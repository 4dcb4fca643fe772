import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstText, textAt, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { jsonOrText, missing } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import { severityOf } from "./severity.ts";
import type { Refusal } from "./source-adapter.ts";

const RAISED =
  /^(?:stopped|failed|failure|error|abnormal|down|unhealthy|unavailable|executing|triggered|alert)$/i;
const CLEARED =
  /^(?:running|recovered|normal|succeeded|ok|healthy|available|executed|completed|finished|resolved)$/i;

/** One system event of CloudMonitor. It has no alert state: the end of its name says whether it began or is over. */
export function readSystemEvent(body: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const name = textAt(body, "name");
  if (name === "") return missing(path, "name");
  const { stem, word } = partsOf(name);
  const status = statusOf(word, textAt(body, "status"));
  const resource = textAt(body, "resourceId");
  const subject = firstText(textAt(body, "instanceName"), resource.slice(resource.lastIndexOf("/") + 1));
  const at = readTime(body["time"], zone) ?? readTime(body["eventTime"], zone);
  const content = jsonOrText(body["content"]);
  return makeOccurrence({
    name: [textAt(body, "product"), name].filter(Boolean).join(" "),
    title: subject === "" ? name : `${name} on ${subject}`,
    subject,
    severity: severityOf(textAt(body, "level")),
    status,
    time: status === "resolved" ? undefined : at,
    endsAt: at,
    incident: `${resource || subject}|${stem}`,
    delivery: textAt(body, "id"),
    labels: {
      regionId: textAt(body, "regionId"),
      product: textAt(body, "product"),
      resourceId: resource,
      host_ip: textAt(content, "ipGroup"),
    },
    detail: withoutSecrets({ ...body, ...(content === undefined ? {} : { content: content as JsonObject }) }),
  });
}

/** `Agent_Status_Stopped` and `Agent_Status_Running` are one thing in two states. */
function partsOf(name: string): { stem: string; word: string } {
  const at = Math.max(name.lastIndexOf("_"), name.lastIndexOf(":"));
  const word = name.slice(at + 1);
  const isState = at > 0 && (RAISED.test(word) || CLEARED.test(word));
  return isState ? { stem: name.slice(0, at), word } : { stem: name, word: "" };
}

function statusOf(...words: readonly string[]): EventStatus {
  for (const word of words) {
    if (RAISED.test(word)) return "firing";
    if (CLEARED.test(word)) return "resolved";
  }
  return "point";
}

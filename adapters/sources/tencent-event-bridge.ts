import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { levelOf, TENCENT_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Refusal } from "./source-adapter.ts";

/** One event of Tencent's EventBridge. It looks like a CloudEvent and is none: numeric time, a `status` of its own. */
export function readEventBridge(event: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const [type, source] = [textAt(event, "type"), textAt(event, "source")];
  if (type === "") return missing(path, "type");
  const data = objectAt(event, "data");
  const status = statusOf(textAt(event, "status"));
  const about = textAt(event, "subject");
  const id = textAt(event, "id");
  const at = readTime(event["time"], zone);
  return makeOccurrence({
    name: type,
    title: textAt(data, "eventName"),
    subject: firstText(textAt(data, "instanceName"), textAt(data, "instanceId"), about),
    severity: levelOf(firstText(textAt(data, "level"), textAt(data, "severity")), TENCENT_LEVELS),
    status,
    time: status === "resolved" ? undefined : at,
    endsAt: at,
    incident: [source, type, about].join("|"),
    delivery: id === "" ? "" : [source, id, status].join("|"),
    labels: {
      ...scalarTexts(withoutSecrets(data)),
      region: textAt(event, "region"),
      source,
      subject: about,
      host_ip: textAt(data, "lanIp"),
    },
    detail: withoutSecrets(data),
  });
}

/** `-` stands for events that have no state. */
function statusOf(word: string): EventStatus {
  if (word === "1") return "firing";
  return word === "0" ? "resolved" : "point";
}

import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import { textOf, withoutSecrets } from "./fields.ts";
import { levelOf, ZABBIX_LEVELS } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, readOneOrMany } from "./read-body.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";
import { type ZabbixBody, type ZabbixField, zabbixBody } from "./zabbix-fields.ts";
import { zabbixTags } from "./zabbix-tags.ts";
import { zabbixTimes } from "./zabbix-time.ts";

/**
 * Zabbix' media scripts. There is no native form: the usual names are known, and a source's `fields` says
 * where a company's own script puts what.
 */
export const zabbix: SourceAdapter = { kind: "zabbix", read };

function read({ body, zone, options }: Delivery): Reading {
  const fields = options?.["fields"];
  return readOneOrMany(body, (item, path) => readProblem(item, path, fields, zone));
}

function readProblem(
  item: JsonObject,
  path: string,
  fields: Json | undefined,
  zone: string,
): Occurrence | Refusal {
  const body = zabbixBody(item, fields);
  const text = (field: ZabbixField) => textOf(body(field));
  const name = text("name");
  if (name === "") return missing(path, "name");
  const status = statusOf(body);
  const subject = text("host");
  const incident = incidentOf(body, name, subject);
  return makeOccurrence({
    name,
    subject,
    severity: levelOf(text("severityNumber") || text("severity"), ZABBIX_LEVELS),
    status,
    ...zabbixTimes(body, status === "resolved", zone),
    incident,
    labels: {
      ...zabbixTags(body("tags")),
      host: subject,
      host_name: text("hostName"),
      host_ip: text("ip"),
      trigger_id: text("triggerId"),
    },
    annotations: {
      message: text("message"),
      description: text("description"),
      operation_data: text("operationData"),
    },
    detail: withoutSecrets(item, "send_to", "HTTPProxy"),
  });
}

/** The number is the trigger's own; the word can be translated, and older templates say OK. */
function statusOf(body: ZabbixBody): EventStatus {
  const value = textOf(body("value"));
  if (value === "1") return "firing";
  if (value === "0") return "resolved";
  return /^(?:ok|resolved|recovery|closed|已解决|已恢复)$/i.test(textOf(body("status")))
    ? "resolved"
    : "firing";
}

/** The problem's event id is the same in its recovery; scripts without it leave the trigger and the host. */
function incidentOf(body: ZabbixBody, name: string, host: string): string {
  const [event, trigger] = [textOf(body("eventId")), textOf(body("triggerId"))];
  if (event !== "") return `zabbix-event-${event}`;
  return trigger === "" ? hashOf([name, host]) : `zabbix-trigger-${trigger}-${host}`;
}

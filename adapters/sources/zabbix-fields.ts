import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject, pick } from "../../core/ids/index.ts";
import { textOf } from "./fields.ts";
import { pathsOf } from "./options.ts";

/**
 * Where each fact stands when a source does not say so: the parameters of the official media types, those of
 * scripts that post their macros as they are, and macros by their own names.
 */
const USUAL = {
  eventId: ["event_id", "eventId", "eventid", "EVENT.ID", "id"],
  triggerId: ["trigger_id", "triggerId", "triggerid", "TRIGGER.ID"],
  name: ["event_name", "trigger_name", "EVENT.NAME", "TRIGGER.NAME", "name", "alert_subject", "subject"],
  host: ["host_host", "HOST.HOST", "service", "host", "HOST.NAME", "host_name", "hostname"],
  hostName: ["host_name", "HOST.NAME"],
  ip: ["host_ip", "HOST.IP", "ip"],
  severityNumber: ["event_nseverity", "EVENT.NSEVERITY", "TRIGGER.NSEVERITY", "nseverity"],
  severity: ["event_severity", "EVENT.SEVERITY", "trigger_severity", "TRIGGER.SEVERITY", "severity"],
  value: ["event_value", "EVENT.VALUE", "TRIGGER.VALUE", "value"],
  status: ["event_status", "EVENT.STATUS", "trigger_status", "TRIGGER.STATUS", "status"],
  timestamp: ["event_datetime_timestamp", "event_timestamp", "EVENT.TIMESTAMP"],
  date: ["event_date", "EVENT.DATE", "date"],
  time: ["event_time", "EVENT.TIME", "time"],
  recoveryTimestamp: ["event_recovery_timestamp", "EVENT.RECOVERY.TIMESTAMP"],
  recoveryDate: ["event_recovery_date", "EVENT.RECOVERY.DATE"],
  recoveryTime: ["event_recovery_time", "EVENT.RECOVERY.TIME"],
  sentAt: ["lastReceived"],
  duration: ["event_duration", "EVENT.DURATION"],
  tags: ["event_tags", "EVENT.TAGSJSON", "EVENT.TAGS", "tags"],
  message: ["message", "alert_message", "ALERT.MESSAGE"],
  description: ["trigger_description", "TRIGGER.DESCRIPTION", "description"],
  operationData: ["operation_data", "event_opdata", "EVENT.OPDATA"],
} as const;

export type ZabbixField = keyof typeof USUAL;

/** The facts that a source's `fields` may name a place for. */
export const ZABBIX_FIELDS = Object.keys(USUAL) as ZabbixField[];

/** Gives the value of a fact; undefined when it is missing, empty, or a macro that was not resolved. */
export type ZabbixBody = (field: ZabbixField) => Json | undefined;

/** Reads facts out of a body, at the places the source names, else at the usual ones. */
export function zabbixBody(body: JsonObject, named: Json | undefined): ZabbixBody {
  const places = isJsonObject(named) ? named : {};
  return (field) => {
    const paths = Object.hasOwn(places, field) ? pathsOf(places[field]) : null;
    const values = paths
      ? paths.map((keys) => pick(body, keys))
      : USUAL[field].map((key) => pick(body, [key]));
    return values.find(isResolved) as Json | undefined;
  };
}

function isResolved(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== "string" || !isNothing(textOf(value));
}

/** Zabbix leaves a macro as it stands where it has no value for it. */
function isNothing(text: string): boolean {
  return text === "" || text === "*UNKNOWN*" || /^\{[$#]?[A-Z][A-Z0-9_.:"-]*\d?\}$/.test(text);
}

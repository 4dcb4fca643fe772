import type { EventStatus, Occurrence, Severity } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";

/** What an adapter found out about one alert. Empty texts and undefined times mean that the sender gives none. */
export interface Found {
  name: string;
  /** The name when empty. */
  title?: string;
  subject: string;
  severity: Severity;
  status: EventStatus;
  time?: string | undefined;
  /** Only kept of a recovery. */
  endsAt?: string | undefined;
  incident: string;
  /** What orders events, where that is wider than the incident. The incident when absent. */
  fingerprint?: string;
  /** Recognises the delivery. When empty: incident, start, status and end, if there is any time. */
  delivery?: string;
  labels?: Record<string, string>;
  /** Empty ones are left out. */
  annotations?: Record<string, string>;
  detail: JsonObject;
}

/** An occurrence of what was found: absent fields left out, title and dedupe key filled in. */
export function makeOccurrence(found: Found): Occurrence {
  const { name, subject, severity, status, time, incident, detail } = found;
  const endsAt = status === "resolved" ? found.endsAt : undefined;
  const dedupeKey = found.delivery || stateKey(incident, status, time, endsAt);
  return {
    name,
    title: found.title || name,
    subject,
    severity,
    status,
    ...(time === undefined ? {} : { time }),
    ...(endsAt === undefined ? {} : { endsAt }),
    fingerprint: found.fingerprint ?? incident,
    incident,
    ...(dedupeKey === "" ? {} : { dedupeKey }),
    labels: withoutEmpty(found.labels),
    annotations: withoutEmpty(found.annotations),
    detail,
  };
}

/** Without any time nothing tells a second delivery from a second firing. */
function stateKey(
  incident: string,
  status: string,
  time: string | undefined,
  end: string | undefined,
): string {
  if (time === undefined && end === undefined) return "";
  return [incident, time ?? "", status, ...(end === undefined ? [] : [end])].join("|");
}

function withoutEmpty(texts: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
}

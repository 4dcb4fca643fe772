import type { JsonObject } from "../ids/index.ts";

export const SEVERITIES = ["critical", "major", "warning", "info", "unknown"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const EVENT_STATUSES = ["firing", "resolved", "point"] as const;
/** `point` is an occurrence that never resolves (a deploy, a log line, the end of a task). */
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** One place in `detail` that does not fit the event type's schema. */
export interface Violation {
  /** Dotted path below the event, for example `detail.usage`. */
  path: string;
  message: string;
}

/** One normalised occurrence (design.md section 1). Times are ISO 8601 in UTC. */
export interface WhaleEvent {
  id: string;
  /** Declared event type; `unmapped` when the source maps it to none. */
  type: string;
  /** The sender's own name for the alert. */
  name: string;
  title: string;
  source: string;
  /** The thing it is about, usually a host; empty when the sender names none. */
  subject: string;
  severity: Severity;
  status: EventStatus;
  /** When it began, by the sender's clock. */
  time: string;
  endsAt?: string;
  /** When Whale took it. Throttles, windows and schedules are judged at this instant. */
  receivedAt: string;
  /** What stays the same while it fires, repeats and recovers. Orders events within a partition. */
  fingerprint: string;
  /** Joins firing, repeats and recovery of one thing. */
  incident: string;
  /** The first event of the incident that this one repeats. */
  repeatOf?: string;
  /** Of a recovery: the first event of the open incident that it closes. */
  recovers?: string;
  /** The first event of an incident that never recovered and was silent for so long that this one opened another. */
  supersedes?: string;
  /** It came after what makes it old: a firing event after its recovery, a recovery after a later firing. */
  late?: true;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  detail: JsonObject;
  violations: Violation[];
  /** Names the stored raw body: `sha256:<hex>`. */
  rawRef: string;
}

/** What a source adapter makes of one alert before Whale's own decisions (type, id, repeats) are taken. */
export interface Occurrence {
  /** The sender's own event type, where it has such a thing (`event_type` of the generic body). */
  declaredType?: string;
  name: string;
  title: string;
  subject: string;
  severity: Severity;
  status: EventStatus;
  /** ISO time, or absent when the sender gives none: then the time of receipt counts. */
  time?: string;
  endsAt?: string;
  fingerprint: string;
  incident: string;
  /** Recognises the same delivery sent twice; absent when the sender has nothing to tell it by. */
  dedupeKey?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** An object, or the JSON of one as text. */
  detail: JsonObject | string;
}

import type { JsonObject } from "../ids/index.ts";
import type { Network, SourceAuth, SourceLimits } from "./source-auth.ts";

/** The type of events that a source maps to nothing. It has no schema and no rule may name it. */
export const UNMAPPED_TYPE = "unmapped";

/** The source of events that come over REST. No file may name a source so. */
export const API_SOURCE = "api";

/** The type of the event that tells of a task's end. */
export const TASK_ENDED_TYPE = "whale.task.ended";

/** How an event type may be called. Such a name is also the name of its file, so it holds no slash. */
export const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/** A declared kind of event (design.md section 6). */
export interface EventType {
  type: string;
  title: string;
  owner: string;
  /** Template that finds the subject; the sender's own subject when absent. */
  subject?: string;
  /** JSON Schema of `detail`. */
  schema?: JsonObject;
  /** Refuse an event that does not fit instead of keeping it with its violations. */
  strict: boolean;
  /** How long its events stay in the archive, in milliseconds; the process's own time when absent. */
  keepMs?: number;
}

/** One line of a source's mapping: the first whose `when` fits decides the event type. */
export interface TypeMapping {
  /** Dotted path → the exact text the value must have. Empty fits everything. */
  when: Record<string, string>;
  type: string;
  /** Templates, by key of `detail`, over the occurrence; absent keeps the sender's detail. */
  detail?: JsonObject;
}

/** A configured intake. */
export interface Source {
  name: string;
  /** Names the adapter that reads its bodies, for example `alertmanager`. */
  kind: string;
  auth: SourceAuth;
  map: TypeMapping[];
  /** Event type when no mapping fits. */
  defaultType?: string;
  /** Networks that may post; absent is any, or this machine alone where there is no authentication. */
  allow?: Network[];
  limits?: SourceLimits;
  /** IANA zone of times that come without an offset, instead of the process's own. */
  zone?: string;
  /** How long an incident that never recovers may be silent before a firing event opens another. Default 24 h. */
  incidentWindowMs?: number;
  /** Settings of the kind's own, checked by its adapter. */
  options?: JsonObject;
}

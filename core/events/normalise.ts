import type { JsonObject } from "../ids/index.ts";
import type { EventDraft } from "../incidents/admit.ts";
import type { Template } from "../params/template.ts";
import { MAX_VIOLATIONS } from "./detail-schema.ts";
import type { Occurrence, Violation, WhaleEvent } from "./event.ts";
import { UNMAPPED_TYPE } from "./event-type.ts";
import { plainDetail } from "./plain-detail.ts";
import type { CompiledEventType, EventTypeRegistry } from "./registry.ts";
import { type CompiledMapping, type CompiledSource, findMapping } from "./source.ts";
import { instantMs, isoTime, textMap } from "./text-map.ts";

/** What the delivery adds to an occurrence. */
export interface ReceiptFacts {
  /** ISO time of receipt. */
  receivedAt: string;
  /** Names the stored raw body. */
  rawRef: string;
  /** Id for an event whose sender gives no delivery key. */
  freshId: string;
}

export type RefusedReason = "unknown_event_type" | "strict_schema";

export type Normalised =
  | { outcome: "accepted"; draft: EventDraft; violations: Violation[] }
  | { outcome: "refused"; reason: RefusedReason; message: string; violations: Violation[] };

/**
 * Makes an event of an occurrence: decides its type, renders its detail and subject, and checks the detail.
 * The type is that of the first mapping that fits, else the one the sender declares, else the source's
 * default, else `unmapped`. Whatever does not fit becomes a violation, never a lost event; refused are only
 * a declared type that is unknown, where the source has no default, and a misfit of a strict type.
 */
export function normalise(
  occurrence: Occurrence,
  source: CompiledSource,
  registry: EventTypeRegistry,
  facts: ReceiptFacts,
): Normalised {
  const plain = plainDetail(occurrence.detail);
  const scope = occurrenceScope(occurrence, plain.detail, source.name);
  const mapping = findMapping(source.mappings, scope);
  const type = mapping ? mapping.type : typeOf(occurrence, source, registry);
  if (type === null) return unknownType(occurrence);
  const mapped = mapping?.detail ? renderDetail(mapping.detail, scope) : plain;
  const declared = registry.get(type);
  const violations = allViolations(mapped, declared);
  if (declared?.declared.strict && violations.length > 0) return misfit(type, violations);
  const { labels, annotations } = scope;
  const decided = {
    ...{ type, labels, annotations, violations },
    source: source.name,
    detail: mapped.detail,
    subject: declared?.subject,
  };
  const event = eventOf(occurrence, decided, facts);
  return { outcome: "accepted", draft: draftOf(event, { occurrence, source, facts }), violations };
}

type Scope = Record<string, unknown> & Pick<WhaleEvent, "labels" | "annotations">;

/** What mapping templates and conditions read. */
function occurrenceScope(occurrence: Occurrence, detail: JsonObject, source: string): Scope {
  const labels = textMap(occurrence.labels);
  const annotations = textMap(occurrence.annotations);
  const event = { ...occurrence, labels, annotations, detail, source };
  if (occurrence.declaredType === undefined) return event;
  const { declaredType, ...rest } = event;
  return { ...rest, event_type: declaredType };
}

function typeOf(
  { declaredType }: Occurrence,
  { defaultType }: CompiledSource,
  registry: EventTypeRegistry,
): string | null {
  if (declaredType === undefined) return defaultType ?? UNMAPPED_TYPE;
  return registry.has(declaredType) ? declaredType : (defaultType ?? null);
}

function unknownType(occurrence: Occurrence): Normalised {
  const name = JSON.stringify(occurrence.declaredType?.slice(0, 100) ?? "");
  const message = `event type ${name} is not declared and the source has no default`;
  return { outcome: "refused", reason: "unknown_event_type", message, violations: [] };
}

function misfit(type: string, violations: Violation[]): Normalised {
  const [first] = violations;
  const message = `event type ${type} is strict: ${first?.path ?? "detail"} ${first?.message ?? "does not fit"}`;
  return { outcome: "refused", reason: "strict_schema", message, violations };
}

interface MappedDetail {
  detail: JsonObject;
  violations: Violation[];
}

function renderDetail(detail: NonNullable<CompiledMapping["detail"]>, scope: Scope): MappedDetail {
  const { value, faults } = detail.renderPartly(scope);
  const violations = faults.map(({ path, message }) => ({ path: `detail.${path}`, message }));
  return { detail: value, violations };
}

/** One violation a place, the first that was found: a value left out need not be told to be missing as well. */
function allViolations(mapped: MappedDetail, declared: CompiledEventType | undefined): Violation[] {
  const misfits = declared?.check(mapped.detail) ?? [];
  if (mapped.violations.length === 0 && misfits.length === 0) return misfits;
  const found = [...mapped.violations, ...misfits];
  const byPath = new Map<string, Violation>();
  for (const violation of found) {
    if (!byPath.has(violation.path)) byPath.set(violation.path, violation);
  }
  return [...byPath.values()].slice(0, MAX_VIOLATIONS);
}

interface Decided extends Pick<WhaleEvent, "labels" | "annotations"> {
  type: string;
  detail: JsonObject;
  violations: Violation[];
  source: string;
  subject: Template | undefined;
}

function eventOf(occurrence: Occurrence, decided: Decided, facts: ReceiptFacts): EventDraft["event"] {
  const { receivedAt, rawRef } = facts;
  const { type, source, detail, violations, subject, labels, annotations } = decided;
  const endsAt = isoTime(occurrence.endsAt);
  const event: EventDraft["event"] = {
    type,
    ...textsOf(occurrence),
    source,
    severity: occurrence.severity,
    status: occurrence.status,
    time: isoTime(occurrence.time) ?? receivedAt,
    ...(endsAt === undefined ? {} : { endsAt }),
    receivedAt,
    labels,
    annotations,
    detail,
    violations,
    rawRef,
  };
  event.subject = subjectOf(event, subject);
  return event;
}

type Texts = Pick<WhaleEvent, "name" | "title" | "subject" | "fingerprint" | "incident">;

function textsOf(occurrence: Occurrence): Texts {
  const { name, title, subject, fingerprint, incident } = occurrence;
  return {
    name: name.toWellFormed(),
    title: title.toWellFormed(),
    subject: subject.toWellFormed(),
    fingerprint: fingerprint.toWellFormed(),
    incident: incident.toWellFormed(),
  };
}

/** The type's own way to find the subject; where it finds nothing, what the sender says. */
function subjectOf(event: EventDraft["event"], template: Template | undefined): string {
  const rendered = template?.renderText({ ...event, event_type: event.type });
  const found = rendered?.outcome === "rendered" ? rendered.value.trim() : "";
  return found === "" ? event.subject : found;
}

interface DraftFacts {
  occurrence: Occurrence;
  source: CompiledSource;
  facts: ReceiptFacts;
}

function draftOf(event: EventDraft["event"], { occurrence, source, facts }: DraftFacts): EventDraft {
  const dedupeKey = occurrence.dedupeKey?.toWellFormed();
  const senderTimeMs = senderTime(occurrence, facts);
  const { incidentWindowMs } = source;
  return {
    event,
    ...(dedupeKey === undefined ? {} : { dedupeKey }),
    freshId: facts.freshId,
    ...(senderTimeMs === undefined ? {} : { senderTimeMs }),
    ...(incidentWindowMs === undefined ? {} : { incidentWindowMs }),
  };
}

/** Clocks of senders are not all right; one that is further ahead than this is not believed. */
const CLOCK_SKEW_MS = 600_000;

/**
 * The time that orders an event among those of its incident: its start, or the end of a recovery. Nothing ends
 * before it began, and a time far ahead of the receipt would make old whatever comes until then.
 */
function senderTime({ status, time, endsAt }: Occurrence, { receivedAt }: ReceiptFacts): number | undefined {
  const startMs = instantMs(time);
  const endMs = status === "resolved" ? instantMs(endsAt) : undefined;
  const ms = Math.max(startMs ?? endMs ?? Number.NaN, endMs ?? startMs ?? Number.NaN);
  return ms <= Date.parse(receivedAt) + CLOCK_SKEW_MS ? ms : undefined;
}

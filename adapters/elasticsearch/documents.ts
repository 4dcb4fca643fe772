import { createHash } from "node:crypto";
import { bigrams, isInRange, searchText, type WhaleEvent } from "../../core/events/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import { indexable } from "./flattened.ts";

/** What an archive keeps, as it came. */
export type Kept = { kind: "events"; value: WhaleEvent } | { kind: "verdicts"; value: Verdict };

/** What rules said of one event: the reason by rule id. */
export type Said = ReadonlyMap<string, string>;

/** The last millisecond that counts; later ones are taken for it, earlier ones than 1970 for 1970. */
const LATEST_MS = 2 ** 42 - 1;

/** The instant that an archive orders by. What is no instant counts as 1970, so that it can still be found. */
function orderMs(iso: string): number {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? 0 : Math.min(LATEST_MS, Math.max(0, ms));
}

/** When it was received, as the archive orders by it. */
export function receivedAtOf(kept: Kept): string {
  return new Date(orderMs(kept.kind === "events" ? kept.value.receivedAt : kept.value.at)).toISOString();
}

/** What names a document among its kind. */
export function keyOf(kept: Kept): string {
  return kept.kind === "events" ? kept.value.id : `${kept.value.eventId}:${kept.value.ruleId}`;
}

// What Elasticsearch allows; one id beyond it would make it refuse the whole request.
const LONGEST_ID_BYTES = 512;

/** The id under which a document is kept: its name, or the hash of a name that cannot be one. */
export function documentId(name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes > 0 && bytes <= LONGEST_ID_BYTES) return name;
  return createHash("sha256").update(name).digest("hex");
}

/** The JSON of an event's document. Throws when a part of the event is missing. */
export function eventSource(event: WhaleEvent, said: Said, numericFields: readonly string[]): string {
  const { id, time, type, name, title, source, subject, severity, status, fingerprint, incident } = event;
  const [labels, detail] = [indexable(event.labels), indexable(event.detail)];
  return JSON.stringify({
    ...{ id, time, type, name, title, source, subject, severity, status, fingerprint, incident },
    ...{ labels, detail, invalid: event.violations.length > 0, tokens: bigrams(searchText(event)) },
    ...saidFields(said),
    numbers: numbersOf(event, numericFields),
    receivedAt: receivedAtOf({ kind: "events", value: event }),
    body: JSON.stringify(event),
  });
}

function numbersOf({ detail }: WhaleEvent, fields: readonly string[]): Record<string, unknown> {
  const there = fields.filter((name) => Object.hasOwn(detail, name) && isInRange(detail[name], {}));
  return Object.fromEntries(there.map((name) => [name, detail[name]]));
}

/** The JSON of a verdict's document. */
export function verdictSource(verdict: Verdict): string {
  const { eventId, ruleId, outcome, reason, taskId } = verdict;
  const receivedAt = receivedAtOf({ kind: "verdicts", value: verdict });
  return JSON.stringify({
    eventId,
    ruleId,
    outcome,
    reason,
    taskId,
    receivedAt,
    body: JSON.stringify(verdict),
  });
}

/** The JSON of what waits for its event. */
export function waitingSource(said: Said, receivedAt: string): string {
  return JSON.stringify({ ...saidFields(said), receivedAt });
}

function saidFields(said: Said) {
  const rules = [...said.keys()];
  const reasons = [...new Set(said.values())];
  return { rules, reasons, said: [...said].map(([rule, reason]) => saidTerm(rule, reason)) };
}

/** Rule and reason of one verdict as one term. */
export function saidTerm(rule: string, reason: string): string {
  return JSON.stringify([rule, reason]);
}

/** Reads what `saidTerm` wrote. */
export function parseSaid(term: unknown): [rule: string, reason: string] {
  return JSON.parse(String(term)) as [string, string];
}

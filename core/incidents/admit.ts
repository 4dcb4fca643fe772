import type { WhaleEvent } from "../events/event.ts";
import { eventId } from "../ids/index.ts";
import { type Place, placeInIncident } from "./place.ts";

/** What is kept of an incident between events. */
export interface Incident {
  source: string;
  key: string;
  state: "open" | "closed";
  /** The event that opened it, or the recovery that came before any. */
  firstEventId: string;
  lastEventId: string;
  openedAt: string;
  /** When its last event was received, but for those that came late. */
  lastAt: string;
  /** How many events it has had since it opened. */
  events: number;
  /** The latest start that a firing event gave, by the sender's clock. */
  firedAtMs?: number;
  /** The latest end that a recovery gave, by the sender's clock, and the first event of what it ended. */
  ended?: { atMs: number; firstEventId: string };
}

/** What is kept of a delivery: the first event with this delivery key. */
export interface FirstDelivery {
  eventId: string;
  receivedAt: string;
}

/** What only the admission can say of an event. */
export type Placed = "repeatOf" | "recovers" | "supersedes" | "late";

/** What the admission looks at in an event. */
export type EventHead = Pick<WhaleEvent, "source" | "status" | "incident" | "receivedAt">;

/** An event that is ready but for its id and its place in an incident; `E` is as much of it as the caller needs. */
export interface EventDraft<E extends EventHead = Omit<WhaleEvent, "id" | Placed>> {
  event: E;
  /** The sender's dedupe key; absent when it has none. */
  dedupeKey?: string;
  /** Id to use when there is no dedupe key (a ULID with the prefix `e_`). */
  freshId: string;
  /** By the sender's clock: when it began, or when it recovered. Absent when the sender gives no time to rely on. */
  senderTimeMs?: number;
  /** How long an incident may be silent and still take a firing event. `DEFAULT_INCIDENT_WINDOW_MS` when absent. */
  incidentWindowMs?: number;
}

export type Admission<E extends EventHead = WhaleEvent> =
  | { outcome: "duplicate"; reason: "same_delivery"; eventId: string }
  | ({ outcome: "admitted" } & Place<E>);

/** What the admission asks about what is stored already. */
export interface AdmissionFacts {
  /** The id that the delivery key alone gives, where the caller has made it already. */
  keyId?: string;
  /** The first event that came with this event's delivery key, within what is remembered. */
  first: FirstDelivery | undefined;
  incident: Incident | undefined;
}

/**
 * Decides whether a draft is the same delivery again, a repeat of an open incident, or new (design.md 2a).
 * The same key within `windowMs` of its first receipt is the same delivery. Later it is a repeat with an id
 * of its own, numbered by the windows gone by, so that reading it again gives the same id again: whoever
 * stores an admitted event whose id is stored already has the same delivery once more, and keeps one.
 */
export function admit<E extends EventHead>(
  draft: EventDraft<E>,
  facts: AdmissionFacts,
  windowMs: number,
): Admission<E & { id: string }> {
  const id = deliveryId(draft, facts, windowMs);
  if (facts.first && id === facts.first.eventId) {
    return { outcome: "duplicate", reason: "same_delivery", eventId: id };
  }
  const event = { id, ...draft.event };
  return { outcome: "admitted", ...placeInIncident(event, draft, facts.incident) };
}

function deliveryId(
  draft: EventDraft<EventHead>,
  { first, keyId }: AdmissionFacts,
  windowMs: number,
): string {
  if (draft.dedupeKey === undefined) return draft.freshId;
  if (!first) return keyId ?? eventId(draft.event.source, draft.dedupeKey);
  const windows = Math.floor((Date.parse(draft.event.receivedAt) - Date.parse(first.receivedAt)) / windowMs);
  return windows < 1 ? first.eventId : eventId(draft.event.source, draft.dedupeKey, windows);
}

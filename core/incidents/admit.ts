import type { WhaleEvent } from "../events/event.ts";
import { eventId } from "../ids/index.ts";

/** What is kept of an incident between events. */
export interface Incident {
  source: string;
  key: string;
  state: "open" | "closed";
  /** The event that opened it. */
  firstEventId: string;
  lastEventId: string;
  openedAt: string;
  /** How many events it has had since it opened. */
  events: number;
}

/** What is kept of a delivery: the first event with this delivery key. */
export interface FirstDelivery {
  eventId: string;
  receivedAt: string;
}

/** An event that is ready but for its id and its place in an incident. */
export interface EventDraft {
  event: Omit<WhaleEvent, "id" | "repeatOf">;
  /** The sender's dedupe key; absent when it has none. */
  dedupeKey?: string;
  /** Id to use when there is no dedupe key (a ULID with the prefix `e_`). */
  freshId: string;
}

export type Admission =
  | { outcome: "duplicate"; reason: "same_delivery"; eventId: string }
  | {
      outcome: "admitted";
      reason: "new" | "repeat" | "recovery";
      event: WhaleEvent;
      incident: Incident | null;
    };

/** What the admission asks about what is stored already. */
export interface AdmissionFacts {
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
export function admit(draft: EventDraft, facts: AdmissionFacts, windowMs: number): Admission {
  const id = deliveryId(draft, facts.first, windowMs);
  if (facts.first && id === facts.first.eventId) {
    return { outcome: "duplicate", reason: "same_delivery", eventId: id };
  }
  const event: WhaleEvent = { id, ...draft.event };
  return placeInIncident(event, facts.incident);
}

function deliveryId(draft: EventDraft, first: FirstDelivery | undefined, windowMs: number): string {
  if (draft.dedupeKey === undefined) return draft.freshId;
  if (!first) return eventId(draft.event.source, draft.dedupeKey);
  const windows = Math.floor((Date.parse(draft.event.receivedAt) - Date.parse(first.receivedAt)) / windowMs);
  return windows < 1 ? first.eventId : eventId(draft.event.source, draft.dedupeKey, windows);
}

function placeInIncident(event: WhaleEvent, known: Incident | undefined): Admission {
  if (event.status === "point") return { outcome: "admitted", reason: "new", event, incident: null };
  const open = known?.state === "open" ? known : undefined;
  if (event.status === "resolved") {
    const incident = open ? { ...open, state: "closed" as const, lastEventId: event.id } : null;
    return { outcome: "admitted", reason: "recovery", event, incident };
  }
  if (open) {
    const incident = { ...open, lastEventId: event.id, events: open.events + 1 };
    return {
      outcome: "admitted",
      reason: "repeat",
      event: { ...event, repeatOf: open.firstEventId },
      incident,
    };
  }
  return { outcome: "admitted", reason: "new", event, incident: openIncident(event) };
}

function openIncident(event: WhaleEvent): Incident {
  return {
    source: event.source,
    key: event.incident,
    state: "open",
    firstEventId: event.id,
    lastEventId: event.id,
    openedAt: event.receivedAt,
    events: 1,
  };
}

import type { WhaleEvent } from "../events/event.ts";
import type { EventDraft, EventHead, Incident, Placed } from "./admit.ts";

/** How long an incident that never recovers may be silent before a firing event opens another. */
export const DEFAULT_INCIDENT_WINDOW_MS = 86_400_000;

/** How an event was taken. Closed: receipts tell it, metrics count it. */
export type PlaceReason =
  | "new"
  /** New, because the incident before was silent for longer than its window and never recovered. */
  | "new_after_silence"
  | "repeat"
  /** It tells of what has recovered since, by the sender's own times. */
  | "late_repeat"
  | "recovery"
  /** It ends what was over before the open incident began, by the sender's own times. */
  | "late_recovery";

/** An event with its place, and the incident as it is to be kept; null leaves what is kept as it is. */
export interface Place<E extends EventHead = WhaleEvent> {
  reason: PlaceReason;
  event: E & Pick<WhaleEvent, Placed>;
  incident: Incident | null;
}

type Placeable = EventHead & Pick<WhaleEvent, "id">;

type Times = Pick<EventDraft, "senderTimeMs" | "incidentWindowMs">;

/**
 * Finds an event's place in its incident. Deliveries come in any order, so that where both events give a time
 * of the sender's, that decides: a firing event that began no later than the latest recovery ended belongs to
 * what has recovered, and a recovery that ended before the latest firing began closes nothing. Whatever the
 * order, events that give times leave the same incident open or closed. Without them the order of receipt
 * counts, never the time of receipt.
 */
export function placeInIncident<E extends Placeable>(
  event: E,
  times: Times,
  known: Incident | undefined,
): Place<E> {
  if (event.status === "point") return { reason: "new", event, incident: null };
  if (event.status === "resolved") return placeRecovery(event, times.senderTimeMs, known);
  return placeFiring(event, times, known);
}

function placeFiring<E extends Placeable>(event: E, times: Times, known: Incident | undefined): Place<E> {
  const { senderTimeMs: startMs, incidentWindowMs = DEFAULT_INCIDENT_WINDOW_MS } = times;
  const ended = known?.ended;
  if (ended && startMs !== undefined && startMs <= ended.atMs) {
    const late = { ...event, repeatOf: ended.firstEventId, late: true as const };
    return { reason: "late_repeat", event: late, incident: null };
  }
  if (known?.state !== "open") return { reason: "new", event, incident: opened(event, startMs, known) };
  if (Date.parse(event.receivedAt) - Date.parse(known.lastAt) > incidentWindowMs) {
    const anew = { ...event, supersedes: known.firstEventId };
    return { reason: "new_after_silence", event: anew, incident: opened(event, startMs, known) };
  }
  const incident = {
    ...touched(known, event),
    events: known.events + 1,
    ...firedAt(latest(known.firedAtMs, startMs)),
  };
  return { reason: "repeat", event: { ...event, repeatOf: known.firstEventId }, incident };
}

function placeRecovery<E extends Placeable>(
  event: E,
  endMs: number | undefined,
  known: Incident | undefined,
): Place<E> {
  if (!known) {
    const unseen: Incident = { ...opened(event, undefined, undefined), state: "closed", events: 0 };
    return { reason: "recovery", event, incident: withEnd(unseen, endMs, event.id) };
  }
  if (known.state === "closed") {
    return { reason: "recovery", event, incident: withEnd(touched(known, event), endMs, known.firstEventId) };
  }
  if (endMs !== undefined && known.firedAtMs !== undefined && endMs < known.firedAtMs) {
    const late = { ...event, late: true as const };
    return { reason: "late_recovery", event: late, incident: withEnd(known, endMs, event.id) };
  }
  const closed: Incident = { ...touched(known, event), state: "closed" };
  const recovery = { ...event, recovers: known.firstEventId };
  return { reason: "recovery", event: recovery, incident: withEnd(closed, endMs, known.firstEventId) };
}

/** What ended earlier stays known, for what may still come of it. */
function opened(event: Placeable, startMs: number | undefined, before: Incident | undefined): Incident {
  return {
    ...openedIncident(event, startMs),
    ...(before?.ended ? { ended: before.ended } : {}),
  };
}

/** The incident that a firing event opens where none was known, with when that began by the sender's clock. */
export function openedIncident(
  event: Pick<WhaleEvent, "id" | "source" | "incident" | "receivedAt">,
  startMs: number | undefined,
): Incident {
  return {
    source: event.source,
    key: event.incident,
    state: "open",
    firstEventId: event.id,
    lastEventId: event.id,
    openedAt: event.receivedAt,
    lastAt: event.receivedAt,
    events: 1,
    ...firedAt(startMs),
  };
}

/** A clock that was moved back makes no incident older than it is. */
function touched(incident: Incident, event: Placeable): Incident {
  const lastAt = event.receivedAt > incident.lastAt ? event.receivedAt : incident.lastAt;
  return { ...incident, lastEventId: event.id, lastAt };
}

function withEnd(incident: Incident, endMs: number | undefined, firstEventId: string): Incident {
  const known = incident.ended?.atMs ?? Number.NEGATIVE_INFINITY;
  return endMs === undefined || endMs <= known
    ? incident
    : { ...incident, ended: { atMs: endMs, firstEventId } };
}

function firedAt(ms: number | undefined): Pick<Incident, "firedAtMs"> {
  return ms === undefined ? {} : { firedAtMs: ms };
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

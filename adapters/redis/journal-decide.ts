import { bytesName, eventId, partitionOf } from "../../core/ids/index.ts";
import { admit, type EventDraft, type Incident } from "../../core/incidents/index.ts";
import type { Delivery, Receipt } from "../../core/ports/index.ts";
import type { Arg } from "./engine.ts";
import { finite } from "./finite.ts";
import { type FactView, fieldOf, type Rest } from "./journal-facts.ts";

/** What is the same for all deliveries of a batch. */
export interface Settings {
  partitions: number;
  dedupeWindowMs: number;
  nowMs: number;
}

/** What a delivery brings, and what it rests on. */
export interface Decision extends Kept {
  receipts: Receipt[];
  /** What was sent, and what was made of it: of each event. Nothing when nothing is to be kept of the delivery. */
  bodies: Buffer[];
}

/** All but bodies, as the script reads it. */
interface Kept {
  facts: Rest[];
  /** Absent when nothing is to be kept of the delivery. */
  raw?: [ref: string, contentType: string];
  /** The first event of a delivery that brought only what came before: its body is kept if it differs from that one's. */
  again?: string;
  events: [partition: number, id: string][];
  /** Delivery keys that came, again or first. */
  seen: string[];
  firsts: [field: string, text: string][];
  /** `closed` and `reopened` change what a trim may forget. */
  incidents: [field: string, text: string, turn: "closed" | "reopened" | "open"][];
  /** When one expires is reckoned anew by the script: the server's time need not be known to a decision. */
  signatures: [field: string, text: string, forMs: number][];
}

/** Decides a delivery on the facts. Each draft sees what the one before it changed. */
export function decide(delivery: Delivery, view: FactView, settings: Settings): Decision {
  const made: Decision = { receipts: [], bodies: [], facts: [], events: [], ...nothingKept() };
  const known = firstReceipts(delivery, view, settings.nowMs);
  if (known) return { ...made, receipts: known, facts: view.rests() };
  const { ref, contentType, bytes } = delivery.raw;
  made.bodies.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (const draft of delivery.drafts) made.receipts.push(decideDraft(draft, made, { view, settings }));
  const [first] = made.receipts;
  const again = first && made.events.length === 0;
  made.raw = [again ? bytesName(ref) : ref, contentType];
  if (again) made.again = first.eventId;
  rememberSignature(delivery, made, { view, settings });
  made.facts = view.rests();
  return made;
}

function nothingKept(): Pick<Decision, "seen" | "firsts" | "incidents" | "signatures"> {
  return { seen: [], firsts: [], incidents: [], signatures: [] };
}

function firstReceipts({ source, replay }: Delivery, view: FactView, nowMs: number): Receipt[] | null {
  const taken = replay && view.signature(fieldOf(source, replay.signature));
  if (!taken || taken.expiresAtMs <= nowMs) return null;
  return taken.receipts.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));
}

function rememberSignature(
  { source, replay }: Delivery,
  made: Decision,
  { view, settings }: { view: FactView; settings: Settings },
): void {
  if (!replay) return;
  const field = fieldOf(source, replay.signature);
  const forMs = finite(replay.forMs, "forMs");
  const text = JSON.stringify({ expiresAtMs: settings.nowMs + forMs, receipts: made.receipts });
  view.set("signature", field, text);
  made.signatures.push([field, text, forMs]);
}

function decideDraft(
  draft: EventDraft,
  made: Decision,
  { view, settings }: { view: FactView; settings: Settings },
): Receipt {
  const { source, incident: key, receivedAt } = draft.event;
  const field = draft.dedupeKey === undefined ? null : eventId(source, draft.dedupeKey);
  const first = field === null ? undefined : view.first(field);
  if (field !== null && first) made.seen.push(field);
  const keyId = field === null ? {} : { keyId: field };
  const facts = { first, incident: view.incident(fieldOf(source, key)), ...keyId };
  const admission = admit(draft, facts, settings.dedupeWindowMs);
  if (admission.outcome === "duplicate") return { eventId: admission.eventId, outcome: "duplicate" };
  const { event, incident, reason } = admission;
  // The same delivery again, known by its id alone: a later window of its key, or a draft without one.
  if (view.knowsEvent(event.id)) return { eventId: event.id, outcome: "duplicate" };
  const partition = partitionOf(source, event.fingerprint, settings.partitions);
  made.events.push([partition, event.id]);
  made.bodies.push(Buffer.from(JSON.stringify(event)));
  view.set("event", event.id, "");
  if (field !== null && !first) keepFirst(field, { eventId: event.id, receivedAt }, made, view);
  if (incident) keepIncident({ before: facts.incident, after: incident }, made, view);
  return { eventId: event.id, outcome: reason };
}

function keepFirst(field: string, first: object, made: Decision, view: FactView): void {
  const text = JSON.stringify(first);
  view.set("first", field, text);
  made.firsts.push([field, text]);
  made.seen.push(field);
}

function keepIncident(
  { before, after }: { before: Incident | undefined; after: Incident },
  made: Decision,
  view: FactView,
): void {
  const field = fieldOf(after.source, after.key);
  const text = JSON.stringify(after);
  view.set("incident", field, text);
  const opened = before?.state === "closed" ? "reopened" : "open";
  made.incidents.push([field, text, after.state === "closed" ? "closed" : opened]);
}

/** Decisions as the script reads them: what is small as one text, then the bodies of each in turn. */
export function appendArgs(decisions: readonly Decision[]): Arg[] {
  const kept = decisions.map(({ receipts: _, bodies: __, ...one }): Kept => one);
  return [JSON.stringify(kept), ...decisions.flatMap(({ bodies }) => bodies)];
}

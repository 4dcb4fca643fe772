import { bytesName, eventId, partitionOf } from "../../core/ids/index.ts";
import { type AdmissionFacts, admit } from "../../core/incidents/index.ts";
import type { RawBody, Receipt } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import type { Wake } from "./group-commit.ts";
import {
  BODIES,
  EVENTS,
  firstReceivedAt,
  incidentKey,
  incidentOf,
  type KeptIncident,
  type Keyed,
  keepIncident,
  OPENED,
  rememberSeen,
  SIGNED,
  signatureKey,
} from "./journal-keys.ts";
import { firstReceipts, rememberSignature } from "./journal-signatures.ts";
import { eventText, type TextDelivery, type TextDraft } from "./journal-text.ts";

/** What an append knows beside its delivery. */
export interface AppendContext extends Keyed {
  partitions: number;
  dedupeWindowMs: number;
  nowMs: number;
  wake: Wake;
}

/** Stores a delivery inside the caller's write. Each draft sees what the one before it changed. */
export function appendDelivery(delivery: TextDelivery, context: AppendContext): Receipt[] {
  const first = firstReceipts(context, delivery, context.nowMs);
  if (first) return first;
  const receipts: Receipt[] = [];
  for (const draft of delivery.drafts) receipts.push(appendDraft(draft, delivery, context));
  const events = receipts.filter((receipt) => receipt.outcome !== "duplicate").length;
  if (events === 0 || !isAlone(delivery)) keepBeside(delivery, { receipts, events }, context);
  if (events > 0) context.wake("journal");
  return receipts;
}

/** Whether the row of its event has all that the delivery brought. */
function isAlone({ drafts }: TextDelivery): boolean {
  return drafts.length === 1;
}

/** Keeps the body and the signature in rows of their own. */
function keepBeside(
  { source, raw, replay }: TextDelivery,
  came: { receipts: readonly Receipt[]; events: number },
  context: AppendContext,
): void {
  keepBody(raw, came, context);
  if (!replay) return;
  const { receipts } = came;
  const untilMs = context.nowMs + replay.forMs;
  rememberSignature(context, { source, signature: replay.signature, untilMs, receipts });
}

/** Of a delivery that brought only what came before, a body is kept that differs from the first one, once. */
function keepBody(
  raw: RawBody,
  { receipts, events }: { receipts: readonly Receipt[]; events: number },
  context: AppendContext,
): void {
  const { db, nowMs } = context;
  const [first] = receipts;
  if (!first || events > 0) {
    keepRaw(db, raw, { uses: events, nowMs });
    return;
  }
  const ref = bytesName(raw.ref);
  if (!rawRefOf(first.eventId, context).endsWith(ref)) keepRaw(db, { ...raw, ref }, { uses: 0, nowMs });
}

/** What names the body that an event came in; empty when the journal does not hold the event. */
function rawRefOf(id: string, { db, index }: Keyed): string {
  const position = index.find(EVENTS, id);
  if (position === undefined) return "";
  const sql = "SELECT raw_ref FROM entries WHERE position = ?";
  return db.get<{ raw_ref: string | null }>(sql, position)?.raw_ref ?? "";
}

function appendDraft(draft: TextDraft, delivery: TextDelivery, context: AppendContext): Receipt {
  const { nowMs, partitions, dedupeWindowMs } = context;
  const key = incidentKey(draft.event.source, draft.event.incident);
  const kept = incidentOf(context, key);
  const facts = factsOf(draft, kept, context);
  const admission = admit(draft, facts, dedupeWindowMs);
  if (admission.outcome === "duplicate") return countDuplicate(admission.eventId, facts, context);
  const { event, incident, reason } = admission;
  const firstOfItsKey = draft.dedupeKey !== undefined && !facts.first;
  // The same delivery again, known by its id alone: a later window of its key, or a draft without one.
  if (!firstOfItsKey && context.index.find(EVENTS, event.id) !== undefined) {
    return countDuplicate(event.id, facts, context);
  }
  const partition = partitionOf(event.source, event.fingerprint, partitions);
  const opens = incident?.state === "open" && !kept ? key : null;
  const { id } = event;
  const entry = { id, partition, body: eventText(draft, event), opens, firedAtMs: incident?.firedAtMs };
  if (isAlone(delivery)) insertAlone(context, entry, delivery);
  else insertEvent(context, entry, delivery.raw.ref);
  if (incident && opens === null) keepIncident(context, key, { incident, nowMs, seq: kept?.seq });
  return { eventId: event.id, outcome: reason };
}

function factsOf(
  { dedupeKey, event }: TextDraft,
  kept: KeptIncident | undefined,
  keyed: Keyed,
): AdmissionFacts {
  const incident = kept?.incident;
  if (dedupeKey === undefined) return { first: undefined, incident };
  const keyId = eventId(event.source, dedupeKey);
  // A delivery key's first event is the one whose id is made of the key alone.
  const receivedAt = firstReceivedAt(keyed, keyId);
  const first = receivedAt === undefined ? undefined : { eventId: keyId, receivedAt };
  return { keyId, first, incident };
}

/** Of a draft without a key the event itself is the first one. */
function countDuplicate(id: string, { keyId = id, first }: AdmissionFacts, context: AppendContext): Receipt {
  const receivedAt = first?.receivedAt ?? firstReceivedAt(context, keyId);
  if (receivedAt !== undefined) rememberSeen(context, keyId, { receivedAt, nowMs: context.nowMs });
  return { eventId: id, outcome: "duplicate" };
}

/** Keeps a raw body once, however often it comes, and counts its entries. Runs inside the caller's write. */
export function keepRaw(db: Database, raw: RawBody, by: { uses: number; nowMs: number }): void {
  const sql = `INSERT INTO raw_bodies (ref, uses, at_ms, content_type, bytes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (ref) DO UPDATE SET uses = uses + excluded.uses, at_ms = excluded.at_ms`;
  db.run(sql, raw.ref, by.uses, by.nowMs, raw.contentType, raw.bytes);
}

interface NewEvent {
  id: string;
  partition: number;
  body: string;
  /** The key of the incident that it opens and that was not known before. */
  opens: string | null;
  firedAtMs: number | undefined;
}

function insertEvent(context: AppendContext, event: NewEvent, rawRef: string): void {
  const { id, partition, body, opens, firedAtMs = null } = event;
  const sql = `INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body, opens, fired_at_ms)
    VALUES (?, ?, 'event', ?, ?, ?, ?, ?)`;
  const { db, nowMs } = context;
  indexEvent(context, event, db.insert(sql, partition, nowMs, id, rawRef, body, opens, firedAtMs));
}

/** Keeps the body and the signature of its delivery in the same row. */
function insertAlone(context: AppendContext, event: NewEvent, { source, raw, replay }: TextDelivery): void {
  const { db, index, nowMs } = context;
  const { id, partition, body, opens, firedAtMs = null } = event;
  const signed = replay ? signatureKey(source, replay.signature) : null;
  const signedUntilMs = replay ? nowMs + replay.forMs : null;
  const sql = `INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body, opens, fired_at_ms,
      signed, signed_until_ms, content_type, bytes)
    VALUES (?, ?, 'event', ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const entry = [partition, nowMs, id, raw.ref, body, opens, firedAtMs] as const;
  const position = db.insert(sql, ...entry, signed, signedUntilMs, raw.contentType, raw.bytes);
  indexEvent(context, event, position);
  index.put(BODIES, raw.ref, position);
  if (signed !== null) index.put(SIGNED, signed, position);
}

function indexEvent({ index }: AppendContext, { id, opens }: NewEvent, position: number): void {
  index.put(EVENTS, id, position);
  if (opens !== null) index.put(OPENED, opens, position);
}

import { eventId, partitionOf } from "../../core/ids/index.ts";
import { type AdmissionFacts, admit } from "../../core/incidents/index.ts";
import type { RawBody, Receipt } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import type { Wake } from "./group-commit.ts";
import { INCIDENTS, incidentKey, KNOWN } from "./journal-keys.ts";
import { firstReceipts, rememberSignature } from "./journal-signatures.ts";
import { eventText, type TextDelivery, type TextDraft } from "./journal-text.ts";
import type { WriteBehind } from "./write-behind.ts";

/** What an append knows beside its delivery. */
export interface AppendContext {
  recent: WriteBehind;
  partitions: number;
  dedupeWindowMs: number;
  nowMs: number;
  wake: Wake;
}

/** Stores a delivery inside the caller's write. Each draft sees what the one before it changed. */
export function appendDelivery(db: Database, delivery: TextDelivery, context: AppendContext): Receipt[] {
  const first = firstReceipts(db, delivery, context.nowMs);
  if (first) return first;
  const receipts: Receipt[] = [];
  for (const draft of delivery.drafts) {
    receipts.push(appendDraft(db, { draft, rawRef: delivery.raw.ref }, context));
  }
  const events = receipts.filter((receipt) => receipt.outcome !== "duplicate").length;
  keepRaw(db, delivery.raw, { uses: events, nowMs: context.nowMs });
  rememberSignature(db, delivery, receipts);
  if (events > 0) context.wake("journal");
  return receipts;
}

function appendDraft(
  db: Database,
  { draft, rawRef }: { draft: TextDraft; rawRef: string },
  context: AppendContext,
): Receipt {
  const { recent, nowMs, partitions, dedupeWindowMs } = context;
  const facts = factsOf(draft, recent);
  const admission = admit(draft, facts, dedupeWindowMs);
  if (admission.outcome === "duplicate") return countDuplicate(draft, admission.eventId, context);
  const { event, incident, reason } = admission;
  const firstOfItsKey = draft.dedupeKey !== undefined && !facts.first;
  // The same delivery again, known by its id alone: a later window of its key, or a draft without one.
  if (!firstOfItsKey && recent.get(KNOWN, event.id)) return countDuplicate(draft, event.id, context);
  const partition = partitionOf(event.source, event.fingerprint, partitions);
  const body = eventText(draft, event);
  insertEvent(db, { id: event.id, partition, body, rawRef, receivedAt: event.receivedAt }, context);
  if (incident) {
    recent.put(INCIDENTS, incidentKey(event.source, event.incident), { incident, changedAtMs: nowMs });
  }
  return { eventId: event.id, outcome: reason };
}

function factsOf({ dedupeKey, event }: TextDraft, recent: WriteBehind): AdmissionFacts {
  const known = recent.get(INCIDENTS, incidentKey(event.source, event.incident));
  const incident = known?.incident;
  if (dedupeKey === undefined) return { first: undefined, incident };
  const keyId = eventId(event.source, dedupeKey);
  return { keyId, first: firstOf(keyId, recent), incident };
}

/** A delivery key's first event is the one whose id is made of the key alone. */
function firstOf(keyId: string, recent: WriteBehind): AdmissionFacts["first"] {
  const known = recent.get(KNOWN, keyId);
  return known && { eventId: keyId, receivedAt: known.receivedAt };
}

function countDuplicate({ dedupeKey, event }: TextDraft, id: string, context: AppendContext): Receipt {
  const { recent, nowMs } = context;
  const first = dedupeKey === undefined ? id : eventId(event.source, dedupeKey);
  const known = recent.get(KNOWN, first);
  if (known) recent.put(KNOWN, first, { ...known, duplicates: known.duplicates + 1, lastAtMs: nowMs });
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
  rawRef: string;
  receivedAt: string;
}

function insertEvent(db: Database, event: NewEvent, { recent, nowMs }: AppendContext): void {
  const { partition, id, rawRef, receivedAt, body } = event;
  const sql =
    "INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, 'event', ?, ?, ?)";
  const position = db.insert(sql, partition, nowMs, id, rawRef, body);
  recent.put(KNOWN, id, { position, receivedAt, lastAtMs: nowMs, duplicates: 0 });
}

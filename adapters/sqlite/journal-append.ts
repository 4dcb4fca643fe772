import { partitionOf } from "../../core/ids/index.ts";
import { type AdmissionFacts, admit, type EventDraft, type Incident } from "../../core/incidents/index.ts";
import type { Delivery, RawBody, Receipt } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { Database } from "./database.ts";
import type { Wake } from "./group-commit.ts";
import { firstReceipts, rememberSignature } from "./journal-signatures.ts";

/** What an append knows beside its delivery. */
export interface AppendContext {
  partitions: number;
  dedupeWindowMs: number;
  nowMs: number;
  wake: Wake;
}

/** Stores a delivery inside the caller's write. Each draft sees what the one before it changed. */
export function appendDelivery(db: Database, delivery: Delivery, context: AppendContext): Receipt[] {
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
  { draft, rawRef }: { draft: EventDraft; rawRef: string },
  context: AppendContext,
): Receipt {
  const { nowMs, partitions, dedupeWindowMs } = context;
  const admission = admit(draft, factsOf(db, draft), dedupeWindowMs);
  if (admission.outcome === "duplicate") return countDuplicate(db, draft, admission.eventId, nowMs);
  const { event, incident, reason } = admission;
  const partition = partitionOf(event.source, event.fingerprint, partitions);
  const body = JSON.stringify(event);
  const stored = insertEntry(db, { kind: "event", key: event.id, partition, body, rawRef, nowMs });
  // The same delivery again, known by its id alone: a later window of its key, or a draft without one.
  if (!stored) return countDuplicate(db, draft, event.id, nowMs);
  rememberDelivery(db, draft, event.id, nowMs);
  if (incident) keepIncident(db, incident, nowMs);
  return { eventId: event.id, outcome: reason };
}

function factsOf(db: Database, draft: EventDraft): AdmissionFacts {
  const { source, incident } = draft.event;
  const sql = "SELECT body FROM incidents WHERE source = ? AND key = ?";
  const known = db.get<{ body: string }>(sql, source, incident);
  return { first: firstOf(db, draft), incident: known && (JSON.parse(known.body) as Incident) };
}

function firstOf(db: Database, draft: EventDraft): AdmissionFacts["first"] {
  if (draft.dedupeKey === undefined) return undefined;
  const sql = "SELECT event_id, received_at FROM first_deliveries WHERE source = ? AND dedupe_key = ?";
  const row = db.get<{ event_id: string; received_at: string }>(sql, draft.event.source, draft.dedupeKey);
  return row && { eventId: row.event_id, receivedAt: row.received_at };
}

function countDuplicate(db: Database, draft: EventDraft, eventId: string, nowMs: number): Receipt {
  if (draft.dedupeKey !== undefined) {
    const sql = `UPDATE first_deliveries SET duplicates = duplicates + 1, last_at_ms = ?
      WHERE source = ? AND dedupe_key = ?`;
    db.run(sql, nowMs, draft.event.source, draft.dedupeKey);
  }
  return { eventId, outcome: "duplicate" };
}

function rememberDelivery(db: Database, draft: EventDraft, eventId: string, nowMs: number): void {
  if (draft.dedupeKey === undefined) return;
  const sql = `INSERT INTO first_deliveries (source, dedupe_key, event_id, received_at, last_at_ms, duplicates)
    VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (source, dedupe_key) DO UPDATE SET last_at_ms = excluded.last_at_ms`;
  const { source, receivedAt } = draft.event;
  db.run(sql, source, draft.dedupeKey, eventId, receivedAt, nowMs);
}

function keepIncident(db: Database, incident: Incident, nowMs: number): void {
  const sql = `INSERT INTO incidents (source, key, state, changed_at_ms, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (source, key) DO UPDATE
    SET state = excluded.state, changed_at_ms = excluded.changed_at_ms, body = excluded.body`;
  db.run(sql, incident.source, incident.key, incident.state, nowMs, JSON.stringify(incident));
}

/** Keeps a raw body once, however often it comes, and counts its entries. Runs inside the caller's write. */
export function keepRaw(db: Database, raw: RawBody, by: { uses: number; nowMs: number }): void {
  const sql = `INSERT INTO raw_bodies (ref, uses, at_ms, content_type, bytes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (ref) DO UPDATE SET uses = uses + excluded.uses, at_ms = excluded.at_ms`;
  db.run(sql, raw.ref, by.uses, by.nowMs, raw.contentType, raw.bytes);
}

/** Stores verdicts inside the caller's write, each once. */
export function appendVerdicts(
  db: Database,
  verdicts: readonly Verdict[],
  to: { partition: number; nowMs: number; wake: Wake },
): void {
  for (const verdict of verdicts) {
    const key = `${verdict.eventId}:${verdict.ruleId}`;
    const entry = { kind: "verdict" as const, key, body: JSON.stringify(verdict), rawRef: null };
    if (insertEntry(db, { ...entry, partition: to.partition, nowMs: to.nowMs })) to.wake("journal");
  }
}

interface NewEntry {
  kind: "event" | "verdict";
  key: string;
  partition: number;
  body: string;
  rawRef: string | null;
  nowMs: number;
}

/** False, and no change, when the key is stored already. */
function insertEntry(db: Database, entry: NewEntry): boolean {
  const { partition, nowMs, kind, key, rawRef, body } = entry;
  const sql = `INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING`;
  if (db.run(sql, partition, nowMs, kind, key, rawRef, body) === 0) return false;
  const head = `INSERT INTO heads VALUES (?, 1)
    ON CONFLICT (partition) DO UPDATE SET written = written + 1`;
  db.run(head, partition);
  return true;
}

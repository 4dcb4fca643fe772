import { eventId, partitionOf } from "../../core/ids/index.ts";
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
  const facts = factsOf(db, draft);
  const admission = admit(draft, facts, dedupeWindowMs);
  if (admission.outcome === "duplicate") return countDuplicate(db, draft, admission.eventId, nowMs);
  const { event, incident, reason } = admission;
  const firstOfItsKey = draft.dedupeKey !== undefined && !facts.first;
  // The same delivery again, known by its id alone: a later window of its key, or a draft without one.
  if (!firstOfItsKey && knownOf(db, event.id)) return countDuplicate(db, draft, event.id, nowMs);
  const partition = partitionOf(event.source, event.fingerprint, partitions);
  const body = JSON.stringify(event);
  insertEntry(db, {
    kind: "event",
    key: event.id,
    partition,
    body,
    rawRef,
    receivedAt: event.receivedAt,
    nowMs,
  });
  if (incident) keepIncident(db, incident, nowMs);
  return { eventId: event.id, outcome: reason };
}

function factsOf(db: Database, draft: EventDraft): AdmissionFacts {
  const { source, incident } = draft.event;
  const sql = "SELECT body FROM incidents WHERE source = ? AND key = ?";
  const known = db.get<{ body: string }>(sql, source, incident);
  return { first: firstOf(db, draft), incident: known && (JSON.parse(known.body) as Incident) };
}

/** A delivery key's first event is the one whose id is made of the key alone. */
function firstOf(db: Database, { dedupeKey, event }: EventDraft): AdmissionFacts["first"] {
  if (dedupeKey === undefined) return undefined;
  const id = eventId(event.source, dedupeKey);
  const row = knownOf(db, id);
  return row && { eventId: id, receivedAt: row.received_at };
}

function knownOf(db: Database, key: string): { received_at: string } | undefined {
  return db.get<{ received_at: string }>("SELECT received_at FROM known WHERE key = ?", key);
}

function countDuplicate(db: Database, { dedupeKey, event }: EventDraft, id: string, nowMs: number): Receipt {
  const first = dedupeKey === undefined ? id : eventId(event.source, dedupeKey);
  db.run("UPDATE known SET duplicates = duplicates + 1, last_at_ms = ? WHERE key = ?", nowMs, first);
  return { eventId: id, outcome: "duplicate" };
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
  const { partition, nowMs } = to;
  for (const verdict of verdicts) {
    const key = `${verdict.eventId}:${verdict.ruleId}`;
    if (knownOf(db, key)) continue;
    const body = JSON.stringify(verdict);
    insertEntry(db, { kind: "verdict", key, partition, body, rawRef: null, receivedAt: verdict.at, nowMs });
    to.wake("journal");
  }
}

interface NewEntry {
  kind: "event" | "verdict";
  key: string;
  partition: number;
  body: string;
  rawRef: string | null;
  receivedAt: string;
  nowMs: number;
}

function insertEntry(db: Database, entry: NewEntry): void {
  const { partition, nowMs, kind, key, rawRef, receivedAt, body } = entry;
  const sql = "INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, ?, ?, ?, ?)";
  const position = db.insert(sql, partition, nowMs, kind, key, rawRef, body);
  const known = "INSERT INTO known (key, position, received_at, last_at_ms) VALUES (?, ?, ?, ?)";
  db.run(known, key, position, receivedAt, nowMs);
}

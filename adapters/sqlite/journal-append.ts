import { eventId, partitionOf } from "../../core/ids/index.ts";
import { type AdmissionFacts, admit } from "../../core/incidents/index.ts";
import type { RawBody, Receipt } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
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
  const entry = { kind: "event" as const, key: event.id, partition, body, rawRef };
  insertEntry(db, { ...entry, receivedAt: event.receivedAt }, context);
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

/** Stores verdicts inside the caller's write, each once. */
export function appendVerdicts(
  db: Database,
  verdicts: readonly Verdict[],
  to: { recent: WriteBehind; partition: number; nowMs: number; wake: Wake },
): void {
  const { recent, partition } = to;
  for (const verdict of verdicts) {
    const key = `${verdict.eventId}:${verdict.ruleId}`;
    if (recent.get(KNOWN, key)) continue;
    const body = JSON.stringify(verdict);
    insertEntry(db, { kind: "verdict", key, partition, body, rawRef: null, receivedAt: verdict.at }, to);
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
}

function insertEntry(db: Database, entry: NewEntry, to: { recent: WriteBehind; nowMs: number }): void {
  const { partition, kind, key, rawRef, receivedAt, body } = entry;
  const sql = "INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, ?, ?, ?, ?)";
  const position = db.insert(sql, partition, to.nowMs, kind, key, rawRef, body);
  to.recent.put(KNOWN, key, { position, receivedAt, lastAtMs: to.nowMs, duplicates: 0 });
}

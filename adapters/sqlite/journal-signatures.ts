import type { Delivery, Receipt } from "../../core/ports/index.ts";
import { type Keyed, SIGNATURES, SIGNED, signatureKey } from "./journal-keys.ts";

type Signed = Pick<Delivery, "source" | "replay">;

interface SignatureRow {
  expires_ms: number;
  receipts: string;
}

/** The receipts of the first delivery with this signature, as duplicates; null when it is the first. */
export function firstReceipts(keyed: Keyed, { source, replay }: Signed, nowMs: number): Receipt[] | null {
  if (!replay) return null;
  const key = signatureKey(source, replay.signature);
  return receiptOfOne(keyed, key, nowMs) ?? receiptsOf(keyed, key, nowMs);
}

function receiptOfOne({ db, index }: Keyed, key: string, nowMs: number): Receipt[] | null {
  const position = index.find(SIGNED, key);
  if (position === undefined) return null;
  const sql = "SELECT key AS eventId FROM entries WHERE position = ? AND signed_until_ms > ?";
  const row = db.get<{ eventId: string }>(sql, position, nowMs);
  return row ? [{ eventId: row.eventId, outcome: "duplicate" }] : null;
}

function receiptsOf({ db, index }: Keyed, key: string, nowMs: number): Receipt[] | null {
  const seq = index.find(SIGNATURES, key);
  if (seq === undefined) return null;
  const row = db.get<SignatureRow>("SELECT expires_ms, receipts FROM signatures WHERE seq = ?", seq);
  if (!row || row.expires_ms <= nowMs) return null;
  const first = JSON.parse(row.receipts) as Receipt[];
  return first.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));
}

/** Until when a row of its own remembers a signature; 0 when there is none. */
export function rememberedUntilMs({ db, index }: Keyed, key: string): number {
  const seq = index.find(SIGNATURES, key);
  const sql = "SELECT expires_ms FROM signatures WHERE seq = ?";
  return seq === undefined ? 0 : (db.get<{ expires_ms: number }>(sql, seq)?.expires_ms ?? 0);
}

/** A signature that is remembered, and what its delivery brought. */
export interface TakenSignature {
  source: string;
  signature: string;
  untilMs: number;
  receipts: readonly Receipt[];
}

/** Remembers a signature in a row of its own, inside the caller's write. */
export function rememberSignature({ db, index }: Keyed, taken: TakenSignature): void {
  const { source, signature, untilMs, receipts } = taken;
  const sql = "INSERT INTO signatures (source, signature, expires_ms, receipts) VALUES (?, ?, ?, ?)";
  const seq = db.insert(sql, source, signature, untilMs, JSON.stringify(receipts));
  index.put(SIGNATURES, signatureKey(source, signature), seq);
}

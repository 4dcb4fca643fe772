import type { Delivery, Receipt } from "../../core/ports/index.ts";
import { type Keyed, SIGNATURES, signatureKey } from "./journal-keys.ts";

type Signed = Pick<Delivery, "source" | "replay">;

interface SignatureRow {
  expires_ms: number;
  receipts: string;
}

/** The receipts of the first delivery with this signature, as duplicates; null when it is the first. */
export function firstReceipts(
  { db, index }: Keyed,
  { source, replay }: Signed,
  nowMs: number,
): Receipt[] | null {
  if (!replay) return null;
  const seq = index.find(SIGNATURES, signatureKey(source, replay.signature));
  if (seq === undefined) return null;
  const row = db.get<SignatureRow>("SELECT expires_ms, receipts FROM signatures WHERE seq = ?", seq);
  if (!row || row.expires_ms <= nowMs) return null;
  const first = JSON.parse(row.receipts) as Receipt[];
  return first.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));
}

/** Remembers a signature with what its delivery brought, inside the caller's write. */
export function rememberSignature(
  { db, index, nowMs }: Keyed & { nowMs: number },
  { source, replay }: Signed,
  receipts: readonly Receipt[],
): void {
  if (!replay) return;
  const { signature, forMs } = replay;
  const sql = "INSERT INTO signatures (source, signature, expires_ms, receipts) VALUES (?, ?, ?, ?)";
  const seq = db.insert(sql, source, signature, nowMs + forMs, JSON.stringify(receipts));
  index.put(SIGNATURES, signatureKey(source, signature), seq);
}

import type { Delivery, Receipt } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";

type Signed = Pick<Delivery, "source" | "replay">;

/** The receipts of the first delivery with this signature, as duplicates; null when it is the first. */
export function firstReceipts(db: Database, { source, replay }: Signed, nowMs: number): Receipt[] | null {
  if (!replay) return null;
  const sql = "SELECT receipts FROM signatures WHERE source = ? AND signature = ? AND expires_ms > ?";
  const row = db.get<{ receipts: string }>(sql, source, replay.signature, nowMs);
  if (!row) return null;
  const first = JSON.parse(row.receipts) as Receipt[];
  return first.map(({ eventId }) => ({ eventId, outcome: "duplicate" }));
}

/** Remembers a signature with what its delivery brought, inside the caller's write. */
export function rememberSignature(
  db: Database,
  { source, replay }: Signed,
  receipts: readonly Receipt[],
): void {
  if (!replay) return;
  const sql = `INSERT INTO signatures (source, signature, expires_ms, receipts) VALUES (?, ?, ?, ?)
    ON CONFLICT (source, signature) DO UPDATE
    SET expires_ms = excluded.expires_ms, receipts = excluded.receipts`;
  db.run(sql, source, replay.signature, replay.expiresAtMs, JSON.stringify(receipts));
}

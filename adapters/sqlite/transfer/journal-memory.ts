import type { Incident } from "../../../core/incidents/index.ts";
import type { Receipt, TransferPage } from "../../../core/ports/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Database } from "../database.ts";
import { INCIDENTS, SIGNATURES, signatureKey } from "../journal-keys.ts";
import { findIndexed, indexAtOnce } from "../key-index.ts";
import { type TransferTable, walked } from "./table.ts";

interface IncidentRow {
  seq: number;
  key: string;
  state: string;
  changed_at_ms: number;
  body: string;
}

/** Incidents by source and key. When an open one changed matters to nobody. */
export const incident = walked<IncidentRow, "incident">(
  {
    kind: "incident",
    sql: "SELECT seq, key, state, changed_at_ms, body FROM incidents WHERE seq > ? ORDER BY seq LIMIT ?",
    start: [0],
    mark: (row) => [row.seq],
    record: ({ key, state, changed_at_ms: changedAtMs, body: text }) => ({
      key,
      body: { closedAtMs: state === "closed" ? changedAtMs : null, text },
    }),
  },
  (db, { key, body }) => {
    const { state } = JSON.parse(body.text) as Incident;
    if (findIndexed(db, INCIDENTS, key) !== undefined) return;
    const sql = "INSERT INTO incidents (key, state, changed_at_ms, body) VALUES (?, ?, ?, ?)";
    indexAtOnce(db, INCIDENTS, { key, id: db.insert(sql, key, state, body.closedAtMs ?? 0, body.text) });
  },
);

interface SignatureRow {
  seq: number;
  source: string;
  signature: string;
  expires_ms: number;
  receipts: string;
}

/** Signatures that were taken, each as it was taken last. */
export const signature = walked<SignatureRow, "signature">(
  {
    kind: "signature",
    sql: `SELECT seq, source, signature, expires_ms, receipts FROM signatures AS taken
      WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM signatures AS anew
        WHERE seq IN (SELECT id FROM signatures_by_name
            WHERE hash = key_hash(taken.source || char(10) || taken.signature))
          AND anew.seq > taken.seq AND anew.source = taken.source AND anew.signature = taken.signature)
      ORDER BY seq LIMIT ?`,
    start: [0],
    mark: (row) => [row.seq],
    record: (row) => ({
      key: JSON.stringify([row.source, row.signature]),
      body: { expiresAtMs: row.expires_ms, receipts: JSON.parse(row.receipts) as Receipt[] },
    }),
  },
  (db, { key, body }) => {
    const [source = "", name = ""] = JSON.parse(key) as string[];
    const its = signatureKey(source, name);
    if (findIndexed(db, SIGNATURES, its) !== undefined) return;
    const sql = "INSERT INTO signatures (source, signature, expires_ms, receipts) VALUES (?, ?, ?, ?)";
    const id = db.insert(sql, source, name, body.expiresAtMs, JSON.stringify(body.receipts));
    indexAtOnce(db, SIGNATURES, { key: its, id });
  },
);

interface RefusalRow {
  seq: number;
  raw_ref: string;
  reason: string;
  source: string;
  at_ms: number;
  count: number;
  message: string;
}

/** Refused bodies, the oldest first. */
export const refusal: TransferTable<"refusal"> = { read: readRefusals, write: writeRefusal };

function readRefusals(db: Database, after: string | null, limit: number): TransferPage {
  const [from, before] = after === null ? [0, 0] : (JSON.parse(after) as [number, number]);
  const sql = `SELECT seq, raw_ref, reason, source, at_ms, count, message FROM refusals
    WHERE seq > ? ORDER BY seq LIMIT ?`;
  const rows = db.all<RefusalRow>(sql, from, limit);
  const records = rows.map(
    (row, index): TransferRecordOf<"refusal"> => ({
      kind: "refusal",
      key: JSON.stringify([row.raw_ref, row.reason, row.source]),
      body: { no: before + index + 1, message: row.message, atMs: row.at_ms, count: row.count },
    }),
  );
  const last = rows.at(-1);
  return { records, next: last ? JSON.stringify([last.seq, before + rows.length]) : null };
}

function writeRefusal(db: Database, { key, body }: TransferRecordOf<"refusal">): void {
  const [ref = "", reason = "", source = ""] = JSON.parse(key) as string[];
  const sql = `INSERT INTO refusals (raw_ref, reason, source, at_ms, count, message) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`;
  db.run(sql, ref, reason, source, body.atMs, body.count, body.message);
}

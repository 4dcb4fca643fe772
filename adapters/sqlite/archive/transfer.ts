import type { TransferPage } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Database } from "../database.ts";
import type { VerdictText } from "./batch.ts";
import { writeBatch } from "./write.ts";

interface EventRow {
  /** As text: row numbers are beyond what a double holds. */
  seq: string;
  id: string;
  body: string;
}

/** Archived events in the order of their receipt, each with its verdicts. */
export function readArchived(db: Database, after: string | null, limit: number): TransferPage {
  const sql = `SELECT CAST(e.seq AS TEXT) AS seq, e.id AS id, b.body AS body
    FROM events e CROSS JOIN bodies b ON b.seq = e.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?`;
  const rows = db.all<EventRow>(sql, BigInt(after ?? "-1"), limit);
  const last = rows.at(-1);
  if (!last) return { records: [], next: null };
  const said = verdictsBetween(db, rows[0]?.seq ?? last.seq, last.seq);
  const records = rows.map(({ seq, id, body: text }): TransferRecordOf<"archived"> => {
    const verdicts = (said.get(seq) ?? []).map(({ body }) => body).sort();
    return { kind: "archived", key: id, body: { text, verdicts } };
  });
  return { records, next: last.seq };
}

function verdictsBetween(db: Database, first: string, last: string) {
  const sql = "SELECT CAST(seq AS TEXT) AS seq, body FROM verdicts WHERE seq >= ? AND seq <= ?";
  const rows = db.all<{ seq: string; body: string }>(sql, BigInt(first), BigInt(last));
  return Map.groupBy(rows, (row) => row.seq);
}

/** Verdicts that wait for their event. */
export function readWaiting(db: Database, after: string | null, limit: number): TransferPage {
  const [event = "", rule = ""] = after === null ? [] : (JSON.parse(after) as string[]);
  const sql = `SELECT event_id, rule_id, body FROM waiting_verdicts WHERE (event_id, rule_id) > (?, ?)
    ORDER BY event_id, rule_id LIMIT ?`;
  const rows = db.all<{ event_id: string; rule_id: string; body: string }>(sql, event, rule, limit);
  const records = rows.map((row): TransferRecordOf<"waiting"> => {
    return { kind: "waiting", key: `${row.event_id}:${row.rule_id}`, body: { text: row.body } };
  });
  const last = rows.at(-1);
  return { records, next: last ? JSON.stringify([last.event_id, last.rule_id]) : null };
}

/** Writes archived events with their verdicts, inside a transaction. */
export function writeArchived(db: Database, records: readonly TransferRecordOf<"archived">[]): void {
  const events = records.map(({ body }) => body.text);
  writeBatch(db, { events, verdicts: records.flatMap(({ body }) => body.verdicts.map(verdictText)) });
}

/** Writes verdicts that wait for their event, inside a transaction. */
export function writeWaiting(db: Database, records: readonly TransferRecordOf<"waiting">[]): void {
  writeBatch(db, { events: [], verdicts: records.map(({ body }) => verdictText(body.text)) });
}

function verdictText(body: string): VerdictText {
  const { eventId, ruleId, reason, at } = JSON.parse(body) as Verdict;
  return { eventId, ruleId, reason, at, body };
}

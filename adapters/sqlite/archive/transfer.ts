import type { TransferPage } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Database } from "../database.ts";
import type { VerdictText } from "./batch.ts";
import { writeOrBury } from "./write.ts";

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
  if (!last) return { records: readDead(db), next: null };
  const said = verdictsBetween(db, rows[0]?.seq ?? last.seq, last.seq);
  const records = rows.map(({ seq, id, body: text }): TransferRecordOf<"archived"> => {
    const verdicts = (said.get(seq) ?? []).map(({ body }) => body).sort();
    return { kind: "archived", key: id, body: { text, verdicts } };
  });
  return { records, next: last.seq };
}

const DEAD_ID = "json_extract(body, '$.id')";

/** What could not be archived is part of the archive all the same, with the verdicts that wait for it. */
function readDead(db: Database): TransferRecordOf<"archived">[] {
  const sql = `SELECT ${DEAD_ID} AS id, body FROM dead_letters ORDER BY id`;
  return db.all<{ id: string; body: string }>(sql).map(({ id, body: text }) => {
    const said = "SELECT body FROM waiting_verdicts WHERE event_id = ?";
    const verdicts = db.all<{ body: string }>(said, id).map(({ body }) => body);
    return { kind: "archived", key: id, body: { text, verdicts: verdicts.sort() } };
  });
}

function verdictsBetween(db: Database, first: string, last: string) {
  const sql = "SELECT CAST(seq AS TEXT) AS seq, body FROM verdicts WHERE seq >= ? AND seq <= ?";
  const rows = db.all<{ seq: string; body: string }>(sql, BigInt(first), BigInt(last));
  return Map.groupBy(rows, (row) => row.seq);
}

/** Verdicts that wait for an event that is not there at all. */
export function readWaiting(db: Database, after: string | null, limit: number): TransferPage {
  const [event = "", rule = ""] = after === null ? [] : (JSON.parse(after) as string[]);
  const sql = `SELECT event_id, rule_id, body FROM waiting_verdicts WHERE (event_id, rule_id) > (?, ?)
    AND event_id NOT IN (SELECT ${DEAD_ID} FROM dead_letters) ORDER BY event_id, rule_id LIMIT ?`;
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
  writeOrBury(db, { events, verdicts: records.flatMap(({ body }) => body.verdicts.map(verdictText)) });
}

/** Writes verdicts that wait for their event, inside a transaction. */
export function writeWaiting(db: Database, records: readonly TransferRecordOf<"waiting">[]): void {
  writeOrBury(db, { events: [], verdicts: records.map(({ body }) => verdictText(body.text)) });
}

function verdictText(body: string): VerdictText {
  const { eventId, ruleId, reason, at } = JSON.parse(body) as Verdict;
  return { eventId, ruleId, reason, at, body };
}

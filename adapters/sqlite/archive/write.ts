import { errorText } from "../../../core/errors.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import type { Database } from "../database.ts";
import type { Batch, VerdictText } from "./batch.ts";
import { type Counted, countIn, countOut } from "./daily.ts";
import { bury, type Unfit } from "./dead-letters.ts";
import { firstSeq, msOfSeq, orderMs } from "./order.ts";
import { filterTokens, isInvalid, textTokens } from "./tokens.ts";

/** An event as it is stored. */
interface Row extends Counted {
  id: string;
  /** Severity, status and subject. */
  columns: [severity: string, status: string, subject: string];
  body: string;
  tokens: string;
}

/** Stores a batch, inside a transaction. What it cannot store goes among the dead letters, and is given back. */
export function writeOrBury(db: Database, batch: Batch): Unfit[] {
  const unfit = writeBatch(db, batch);
  bury(db, unfit);
  return unfit;
}

function writeBatch(db: Database, { events, verdicts }: Batch): Unfit[] {
  const unfit: Unfit[] = [];
  // The last of one id counts.
  const rows = new Map(events.flatMap((body) => fittingRow(body, unfit)).map((row) => [row.id, row]));
  // In the order of row numbers: the text index is slow when it must go back.
  const sorted = [...rows.values()].sort((a, b) => a.ms - b.ms);
  countIn(db, writeEvents(db, sorted));
  joinWaiting(db);
  for (const verdict of verdicts) writeVerdict(db, verdict);
  return unfit;
}

/** A bad event must not hold up the good ones. */
function fittingRow(body: string, unfit: Unfit[]): Row[] {
  const event = JSON.parse(body) as WhaleEvent;
  try {
    return [rowOf(event, body)];
  } catch (thrown) {
    const at = new Date(orderMs(event.receivedAt)).toISOString();
    unfit.push({ eventId: String(event.id), at, body, problem: errorText(thrown) });
    return [];
  }
}

function rowOf(event: WhaleEvent, body: string): Row {
  return {
    id: String(event.id),
    ms: orderMs(event.receivedAt),
    type: String(event.type),
    source: String(event.source),
    columns: [String(event.severity), String(event.status), String(event.subject)],
    invalid: Number(isInvalid(event)),
    body,
    tokens: `${filterTokens(event)} ${textTokens(event)}`,
  };
}

const NEWEST = `SELECT ${msOfSeq("(SELECT max(seq) FROM events)")} AS ms`;

/** Returns those that were not there before, or not with this content. */
function writeEvents(db: Database, sorted: readonly Row[]): Row[] {
  const newestMs = db.get<{ ms: number | null }>(NEWEST)?.ms ?? -1;
  let ms = -1;
  let seq = 0n;
  const written: Row[] = [];
  for (const row of sorted) {
    // Behind everything that is stored no row number is taken.
    if (row.ms !== ms) seq = row.ms > newestMs ? firstSeq(row.ms) : freeSeq(db, row.ms);
    ms = row.ms;
    if (!insertEvent(db, seq, row) && !replaceEvent(db, seq, row)) continue;
    seq += 1n;
    written.push(row);
  }
  return written;
}

/** The lowest row number behind all of one millisecond. */
function freeSeq(db: Database, ms: number): bigint {
  const first = firstSeq(ms);
  const sql = "SELECT max(seq) - ? AS slot FROM events WHERE seq >= ? AND seq < ?";
  const last = db.get<{ slot: number | null }>(sql, first, first, firstSeq(ms + 1));
  return last?.slot == null ? first : first + BigInt(last.slot) + 1n;
}

/** False when the id is known. */
function insertEvent(db: Database, seq: bigint, row: Row): boolean {
  const { id, type, source, columns, invalid, body, tokens } = row;
  const inserted = db.run(
    `INSERT INTO events (seq, id, type, source, severity, status, subject, invalid)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    ...[seq, id, type, source, ...columns, invalid],
  );
  if (inserted === 0) return false;
  db.run("INSERT INTO bodies (seq, body) VALUES (?, ?)", seq, body);
  db.run("INSERT INTO event_text (rowid, text) VALUES (?, ?)", seq, tokens);
  return true;
}

/** False when the event is there with the same content. Its verdicts stay with it. */
function replaceEvent(db: Database, seq: bigint, row: Row): boolean {
  const known = db.get<{ body: string } & Counted>(
    `SELECT b.body AS body, ${msOfSeq("e.seq")} AS ms, e.type AS type, e.source AS source, e.invalid AS invalid
     FROM events e JOIN bodies b ON b.seq = e.seq WHERE e.id = ?`,
    row.id,
  );
  if (!known || known.body === row.body) return false;
  const ofEvent = "seq = (SELECT seq FROM events WHERE id = ?)";
  db.run(`UPDATE verdicts SET seq = ? WHERE ${ofEvent}`, seq, row.id);
  db.run(`DELETE FROM event_text WHERE rowid = (SELECT seq FROM events WHERE id = ?)`, row.id);
  db.run(`DELETE FROM bodies WHERE ${ofEvent}`, row.id);
  db.run("DELETE FROM events WHERE id = ?", row.id);
  countOut(db, [known]);
  return insertEvent(db, seq, row);
}

/** Gives verdicts that came before their events to these. */
function joinWaiting(db: Database): void {
  if (!db.get("SELECT 1 FROM waiting_verdicts LIMIT 1")) return;
  db.run(
    `INSERT OR REPLACE INTO verdicts (seq, rule_id, reason, body)
     SELECT e.seq, w.rule_id, w.reason, w.body FROM waiting_verdicts w CROSS JOIN events e ON e.id = w.event_id`,
  );
  db.run("DELETE FROM waiting_verdicts WHERE EXISTS (SELECT 1 FROM events e WHERE e.id = event_id)");
}

function writeVerdict(db: Database, { eventId, ruleId, reason, at, body }: VerdictText): void {
  const stored = db.run(
    `INSERT OR REPLACE INTO verdicts (seq, rule_id, reason, body)
     SELECT seq, ?, ?, ? FROM events WHERE id = ?`,
    ...[ruleId, reason, body, eventId],
  );
  if (stored > 0) return;
  db.run(
    "INSERT OR REPLACE INTO waiting_verdicts (event_id, rule_id, reason, at_ms, body) VALUES (?, ?, ?, ?, ?)",
    ...[eventId, ruleId, reason, orderMs(at), body],
  );
}

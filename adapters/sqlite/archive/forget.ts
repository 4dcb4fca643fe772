import type { ArchiveRetention } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { type Counted, countOut, DAY_MS } from "./daily.ts";
import { badQuery } from "./errors.ts";
import { firstSeq, msOfSeq } from "./order.ts";

/** One step of forgetting: what it is asked, with the `next` of the step before. */
export interface ForgetStep {
  retention: ArchiveRetention;
  nowMs: number;
  /** Row numbers below this one are done, as decimal text: they are beyond what a double holds. */
  from: string;
}

/** How a step ended. */
export interface Forgotten {
  events: number;
  /** Where to go on; null when nothing is left to forget. */
  next: string | null;
}

/** So many rows are looked at in one step, so that writes need not wait long for its end. */
const STEP_ROWS = 500;

/** A row that a step looks at. Its number as text. */
interface Looked extends Counted {
  seq: string;
}

/** Does one step, inside a transaction. */
export function forgetStep(db: Database, step: ForgetStep): Forgotten {
  checkTimes(step);
  const from = BigInt(step.from);
  const { day, types } = firstExpired(db, step) ?? {};
  if (day === undefined || types === undefined) return forgetWaiting(db, step);
  const start = firstSeq(day * DAY_MS);
  const rows = look(db, from > start ? from : start, day);
  const expired = rows.filter((row) => types.has(row.type));
  for (const { seq } of expired) erase(db, BigInt(seq));
  countOut(db, expired);
  const last = rows.at(-1);
  const next = last && rows.length === STEP_ROWS ? BigInt(last.seq) + 1n : firstSeq((day + 1) * DAY_MS);
  return { events: expired.length, next: String(next) };
}

function checkTimes({ retention, nowMs }: ForgetStep): void {
  const times = { nowMs, defaultKeepMs: retention.defaultKeepMs, ...retention.byType };
  for (const [name, ms] of Object.entries(times)) {
    if (!(ms >= 0)) throw badQuery(name, ms, "a number of milliseconds from 0");
  }
}

function keepMsOf({ defaultKeepMs, byType }: ArchiveRetention, type: string): number {
  return Object.hasOwn(byType, type) ? (byType[type] ?? defaultKeepMs) : defaultKeepMs;
}

/** The first day from where the step begins that has something to forget, and the types to forget of it. */
function firstExpired(db: Database, { retention, nowMs, from }: ForgetStep) {
  const rows = db.all<{ day: number; type: string }>(
    `SELECT DISTINCT day, type FROM daily WHERE day >= ${msOfSeq("?")} / ${DAY_MS} ORDER BY day`,
    BigInt(from),
  );
  const expired = rows.filter(({ day, type }) => (day + 1) * DAY_MS <= nowMs - keepMsOf(retention, type));
  const day = expired[0]?.day;
  if (day === undefined) return null;
  return { day, types: new Set(expired.filter((row) => row.day === day).map((row) => row.type)) };
}

function look(db: Database, from: bigint, day: number): Looked[] {
  return db.all<Looked>(
    `SELECT CAST(seq AS TEXT) AS seq, ${msOfSeq("seq")} AS ms, type, source, invalid FROM events
     WHERE seq >= ? AND seq < ? ORDER BY events.seq LIMIT ?`,
    ...[from, firstSeq((day + 1) * DAY_MS), STEP_ROWS],
  );
}

function erase(db: Database, seq: bigint): void {
  db.run("DELETE FROM verdicts WHERE seq = ?", seq);
  db.run("DELETE FROM event_text WHERE rowid = ?", seq);
  db.run("DELETE FROM bodies WHERE seq = ?", seq);
  db.run("DELETE FROM events WHERE seq = ?", seq);
}

/** Texts of instants are in the order of time from year 0 on; a time before that is before everything. */
function isoOf(ms: number): string {
  return ms < 0 ? "" : new Date(ms).toISOString();
}

/** Verdicts whose event never came, or was forgotten before them, and letters that nobody asked for again. */
function forgetWaiting(db: Database, { retention, nowMs }: ForgetStep): Forgotten {
  const edgeMs = nowMs - retention.defaultKeepMs - DAY_MS;
  db.run("DELETE FROM waiting_verdicts WHERE at_ms < ?", edgeMs);
  db.run("DELETE FROM dead_letters WHERE at < ?", isoOf(edgeMs));
  return { events: 0, next: null };
}

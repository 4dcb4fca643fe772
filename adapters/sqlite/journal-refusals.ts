import type { Journal, Refusal } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { limitOf } from "./engine.ts";
import { keepRaw } from "./journal-append.ts";

/** So many refused bodies are kept; a flood of rubbish must not fill the disk. */
const KEPT_REFUSALS = 1_000;

interface RefusalRow {
  source: string;
  reason: string;
  message: string;
  raw_ref: string;
  at_ms: number;
  count: number;
}

/** Keeps a refused body inside the caller's write; the same body with the same reason again only counts. */
export function refuse(db: Database, refusal: Refusal, nowMs: number): void {
  const { source, reason, message, raw } = refusal;
  keepRaw(db, raw, { uses: 0, nowMs });
  // Written anew, not updated: the row's number is its age.
  const known = "DELETE FROM refusals WHERE raw_ref = ? AND reason = ? AND source = ? RETURNING count";
  const count = db.get<{ count: number }>(known, raw.ref, reason, source)?.count ?? 0;
  const sql =
    "INSERT INTO refusals (raw_ref, reason, source, at_ms, count, message) VALUES (?, ?, ?, ?, ?, ?)";
  db.run(sql, raw.ref, reason, source, nowMs, count + 1, message);
  dropOldest(db);
}

function dropOldest(db: Database): void {
  const sql = `DELETE FROM refusals
    WHERE seq <= (SELECT seq FROM refusals ORDER BY seq DESC LIMIT 1 OFFSET ${KEPT_REFUSALS})
    RETURNING raw_ref`;
  for (const gone of db.all<{ raw_ref: string }>(sql)) dropUnusedRaw(db, gone.raw_ref);
}

function dropUnusedRaw(db: Database, ref: string): void {
  const sql = `DELETE FROM raw_bodies WHERE ref = ?1 AND uses = 0
    AND NOT EXISTS (SELECT 1 FROM refusals WHERE raw_ref = ?1)`;
  db.run(sql, ref);
}

/** The newest refused bodies, newest first. */
export function refusals(db: Database, limit: number): Awaited<ReturnType<Journal["refusals"]>> {
  const sql = `SELECT source, reason, message, raw_ref, at_ms, count FROM refusals
    ORDER BY seq DESC LIMIT ?`;
  return db.all<RefusalRow>(sql, limitOf(limit)).map((row) => ({
    source: row.source,
    reason: row.reason,
    message: row.message,
    rawRef: row.raw_ref,
    atMs: row.at_ms,
    count: row.count,
  }));
}

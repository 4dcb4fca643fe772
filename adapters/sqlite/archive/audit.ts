import type { Database } from "../database.ts";

/** An entry of the audit log, still as JSON. */
export interface AuditText {
  seq: number;
  body: string;
}

/** Stores entries by their numbers, inside a transaction. */
export function writeAudit(db: Database, entries: readonly AuditText[]): void {
  for (const { seq, body } of entries)
    db.run("INSERT OR REPLACE INTO audit (seq, body) VALUES (?, ?)", seq, body);
}

/** The highest number without a gap before it. */
export function auditPosition(db: Database): number {
  const whole = "SELECT coalesce(max(seq), 0) AS last, count(*) AS count FROM audit";
  const { last, count } = db.get<{ last: number; count: number }>(whole) ?? { last: 0, count: 0 };
  if (last === count) return last;
  // Something was taken out: before the first number whose next is not there, 0 standing for the beginning.
  const gap = `SELECT min(seq) AS seq FROM (SELECT 0 AS seq UNION ALL SELECT seq FROM audit) AS a
    WHERE NOT EXISTS (SELECT 1 FROM audit AS b WHERE b.seq = a.seq + 1)`;
  return db.get<{ seq: number }>(gap)?.seq ?? 0;
}

/** Bodies of entries behind a number, in their order. */
export function readAudit(db: Database, { after, limit }: { after: number; limit: number }): string[] {
  const sql = "SELECT body FROM audit WHERE seq > ? ORDER BY seq LIMIT ?";
  return db.all<{ body: string }>(sql, after, limit).map(({ body }) => body);
}

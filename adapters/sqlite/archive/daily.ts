import type { ArchiveConnection } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import { firstSeq, msOfSeq } from "./order.ts";
import { fieldToken } from "./tokens.ts";

export const DAY_MS = 86_400_000;

/** What of an event is counted. */
export interface Counted {
  ms: number;
  type: string;
  source: string;
  invalid: number;
}

interface Share {
  day: number;
  type: string;
  source: string;
  events: number;
  invalid: number;
  lastMs: number;
}

/** Adds events that were not there before. */
export function countIn(db: Database, events: readonly Counted[]): void {
  for (const { day, type, source, ...share } of sharesOf(events)) {
    db.run(
      `INSERT INTO daily (day, type, source, events, invalid, last_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (day, type, source) DO UPDATE SET events = events + excluded.events,
         invalid = invalid + excluded.invalid, last_ms = max(last_ms, excluded.last_ms)`,
      ...[day, type, source, share.events, share.invalid, share.lastMs],
    );
  }
}

/** Takes events out that are no longer there. */
export function countOut(db: Database, events: readonly Counted[]): void {
  for (const share of sharesOf(events)) {
    const { day, type, source } = share;
    const ofShare = "WHERE day = ? AND type = ? AND source = ?";
    db.run(
      `UPDATE daily SET events = events - ?, invalid = invalid - ? ${ofShare}`,
      ...[share.events, share.invalid, day, type, source],
    );
    if (db.run(`DELETE FROM daily ${ofShare} AND events <= 0`, day, type, source) > 0) continue;
    db.run(
      `UPDATE daily SET last_ms = coalesce(?, last_ms) ${ofShare}`,
      lastMs(db, share),
      day,
      type,
      source,
    );
  }
}

function lastMs(db: Database, { day, type, source }: Share): number | null {
  const last = db.get<{ ms: number }>(
    `SELECT ${msOfSeq("rowid")} AS ms FROM event_text
     WHERE event_text MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT 1`,
    `"${fieldToken("type", type)}" AND "${fieldToken("source", source)}"`,
    firstSeq(day * DAY_MS),
    firstSeq((day + 1) * DAY_MS),
  );
  return last?.ms ?? null;
}

function sharesOf(events: readonly Counted[]): Iterable<Share> {
  const shares = new Map<string, Share>();
  for (const { ms, type, source, invalid } of events) {
    const day = Math.floor(ms / DAY_MS);
    const name = JSON.stringify([day, type, source]);
    const share = shares.get(name) ?? { day, type, source, events: 0, invalid: 0, lastMs: 0 };
    share.events += 1;
    share.invalid += invalid;
    share.lastMs = Math.max(share.lastMs, ms);
    shares.set(name, share);
  }
  return shares.values();
}

/** Everything that is connected, out of the daily counts. */
export function overview(db: Database): ArchiveConnection[] {
  const rows = db.all<Omit<ArchiveConnection, "lastSeenAt"> & { lastMs: number }>(
    `SELECT type, source, sum(events) AS events, sum(invalid) AS invalid, max(last_ms) AS lastMs
     FROM daily GROUP BY type, source ORDER BY type, source`,
  );
  return rows.map(({ lastMs: ms, ...row }) => ({ ...row, lastSeenAt: new Date(ms).toISOString() }));
}

/** How many events there are, out of the daily counts. */
export function countAll(db: Database): number {
  return db.get<{ n: number | null }>("SELECT sum(events) AS n FROM daily")?.n ?? 0;
}

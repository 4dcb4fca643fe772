import type { DoneBatch, ReaderName, ReaderPlace } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { Database } from "./database.ts";
import { limitOf, nextFence } from "./engine.ts";
import type { ToldVerdicts } from "./journal-text.ts";

interface PlaceRow {
  position: number;
  holder: string | null;
  fence: number;
  leased_until_ms: number;
}

function placeOf(db: Database, place: ReaderPlace): PlaceRow | undefined {
  const sql = `SELECT position, holder, fence, leased_until_ms FROM readers
    WHERE reader = ? AND partition = ?`;
  return db.get<PlaceRow>(sql, place.reader, place.partition);
}

/** Takes or renews a place inside the caller's write; null while another holder's lease lasts. */
export function leasePlace(
  db: Database,
  place: ReaderPlace,
  by: { holder: string; ttlMs: number; nowMs: number },
): number | null {
  const known = placeOf(db, place);
  const same = known?.holder === by.holder;
  if (known && !same && known.leased_until_ms > by.nowMs) return null;
  const fence = known && same ? known.fence : nextFence(db);
  const sql = `INSERT INTO readers (reader, partition, holder, fence, leased_until_ms) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (reader, partition) DO UPDATE
    SET holder = excluded.holder, fence = excluded.fence, leased_until_ms = excluded.leased_until_ms`;
  db.run(sql, place.reader, place.partition, by.holder, fence, by.nowMs + by.ttlMs);
  return fence;
}

const AFTER = "coalesce((SELECT position FROM readers WHERE reader = ?1 AND partition = ?2), 0)";

/** Of a reader in a partition, up to so many entries after the committed position, oldest first. */
export const UNREAD = `SELECT position, kind, body FROM entries WHERE partition = ?2 AND position > ${AFTER}
  ORDER BY position LIMIT ?3`;

/** Entries after the committed position, oldest first. */
export function readPlace(db: Database, place: ReaderPlace, limit: number): EntryRow[] {
  return db.all<EntryRow>(UNREAD, place.reader, place.partition, limitOf(limit));
}

/** An entry as it is stored, with its body as JSON. */
export interface EntryRow {
  position: number;
  kind: "event" | "verdict";
  body: string;
}

/** The verdicts of a row's body. */
export function verdictsIn(body: string): Verdict[] {
  return listOf(JSON.parse(body) as Verdict | Verdict[]);
}

/** The verdicts of an entry. One of an earlier version has one. */
export function listOf(told: Verdict | Verdict[]): Verdict[] {
  return Array.isArray(told) ? told : [told];
}

/** How a place took a batch. */
export type PlaceMove = "moved" | "done_before" | "refused";

/** Moves a place forward inside the caller's write; never back. */
export function movePlace(
  db: Database,
  place: ReaderPlace,
  { fence, first, last }: Omit<DoneBatch, "verdicts">,
): PlaceMove {
  const known = placeOf(db, place);
  if (!known || known.holder === null || known.fence !== fence) return "refused";
  if (last <= known.position) return "done_before";
  if (first <= known.position) return "refused";
  const sql = "UPDATE readers SET position = ? WHERE reader = ? AND partition = ?";
  db.run(sql, last, place.reader, place.partition);
  return "moved";
}

/** Stores what came of judging a batch, inside the write that moves the reader over it. */
export function insertVerdicts(
  db: Database,
  { key, body }: ToldVerdicts,
  to: { partition: number; nowMs: number },
): void {
  const sql = "INSERT INTO entries (partition, at_ms, kind, key, body) VALUES (?, ?, 'verdict', ?, ?)";
  db.run(sql, to.partition, to.nowMs, key, body);
}

/** Entries not yet passed, over all partitions. */
export function lagOf(db: Database, reader: ReaderName, partitions: number): number {
  const sql = `SELECT count(*) AS lag FROM entries WHERE partition = ?2 AND position > ${AFTER}`;
  let lag = 0;
  for (let partition = 0; partition < partitions; partition++) {
    lag += db.get<{ lag: number }>(sql, reader, partition)?.lag ?? 0;
  }
  return lag;
}

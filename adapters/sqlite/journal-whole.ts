import {
  BODIES,
  EVENTS,
  INCIDENTS,
  type Keyed,
  keepIncident,
  OPENED,
  type OpeningRow,
  openedBy,
  SIGNED,
} from "./journal-keys.ts";
import { rememberedUntilMs, rememberSignature } from "./journal-signatures.ts";

/** Tables whose rows are entries. */
export const ENTRY_TABLES = [EVENTS, OPENED, SIGNED, BODIES] as const;

/** What of an entry (whole-entries.ts) may be needed beyond it, and where it is found. */
export interface WholeRow {
  id: number;
  key: string;
  at_ms: number;
  raw_ref: string | null;
  opens: string | null;
  signed: string | null;
  signed_until_ms: number | null;
  content_type: string | null;
}

/** The columns of a `WholeRow`. */
export const WHOLE_COLUMNS =
  "position AS id, key, at_ms, raw_ref, opens, signed, signed_until_ms, content_type";

/** Deletes an entry and its places in the index, inside the caller's write. */
export function forgetEntry(keyed: Keyed, row: WholeRow, nowMs: number): void {
  moveOutliving(keyed, row, nowMs);
  const { db, index } = keyed;
  db.run("DELETE FROM entries WHERE position = ?", row.id);
  index.remove(EVENTS, row.key, row.id);
  if (row.opens !== null) index.remove(OPENED, row.opens, row.id);
  if (row.signed !== null) index.remove(SIGNED, row.signed, row.id);
  if (row.content_type !== null) index.remove(BODIES, row.raw_ref ?? "", row.id);
}

/** Gives an incident that no later event changed, and a signature that is still remembered, rows of their own. */
function moveOutliving(keyed: Keyed, row: WholeRow, nowMs: number): void {
  if (row.opens !== null && tellsIncident(keyed, row.opens, row.id)) {
    const sql = "SELECT body, fired_at_ms FROM entries WHERE position = ?";
    const opening = keyed.db.get<OpeningRow>(sql, row.id);
    if (opening) keepIncident(keyed, row.opens, { incident: openedBy(opening), nowMs: row.at_ms });
  }
  const { signed, signed_until_ms: untilMs } = row;
  if (signed === null || untilMs === null) return;
  // It may have been taken anew since, with nothing that was new.
  if (untilMs <= Math.max(nowMs, rememberedUntilMs(keyed, signed))) return;
  const [source = "", signature = ""] = signed.split("\n");
  const receipts = [{ eventId: row.key, outcome: "duplicate" as const }];
  rememberSignature(keyed, { source, signature, untilMs, receipts });
}

function tellsIncident({ index }: Keyed, key: string, position: number): boolean {
  return index.find(INCIDENTS, key) === undefined && index.find(OPENED, key) === position;
}

/** So many entries are looked at in one transaction. */
const SPREAD_AT_ONCE = 500;

/**
 * Moves all that entries have beside their event to rows of its own, some in each call of `inTransaction`, for whoever reads
 * the tables one by one.
 */
export async function spreadEntries(
  keyed: Keyed,
  inTransaction: (work: () => void) => Promise<void>,
): Promise<void> {
  const { db } = keyed;
  const indexes = [OPENED, SIGNED, BODIES].map(({ index }) => index);
  const isSpread = indexes.every((index) => db.get(`SELECT 1 FROM ${index} LIMIT 1`) === undefined);
  if (isSpread) return;
  const nowMs = lastAtMs(keyed);
  for (let after: number | undefined = 0; after !== undefined; ) {
    const from: number = after;
    await inTransaction(() => {
      after = spreadSome(keyed, from, nowMs);
    });
  }
  await inTransaction(() => {
    for (const index of indexes) db.run(`DELETE FROM ${index}`);
  });
}

/** When the last entry was written. Signatures that had expired by then are not needed any more. */
function lastAtMs({ db }: Keyed): number {
  const sql = "SELECT at_ms FROM entries ORDER BY position DESC LIMIT 1";
  return db.get<{ at_ms: number }>(sql)?.at_ms ?? 0;
}

/** Where to go on; undefined at the end. */
function spreadSome(keyed: Keyed, after: number, nowMs: number): number | undefined {
  const { db } = keyed;
  const sql = `SELECT ${WHOLE_COLUMNS} FROM entries WHERE position > ?
    AND (content_type IS NOT NULL OR opens IS NOT NULL OR signed IS NOT NULL)
    ORDER BY position LIMIT ${SPREAD_AT_ONCE}`;
  const rows = db.all<WholeRow>(sql, after);
  for (const row of rows) {
    moveOutliving(keyed, row, nowMs);
    if (row.content_type !== null) db.run(MOVE_BODY, row.id);
    db.run(BARE, row.id);
  }
  return rows.at(-1)?.id;
}

const MOVE_BODY = `INSERT INTO raw_bodies (ref, uses, at_ms, content_type, bytes)
  SELECT raw_ref, 1, at_ms, content_type, bytes FROM entries WHERE position = ?
  ON CONFLICT (ref) DO UPDATE SET uses = uses + 1`;

const BARE = `UPDATE entries SET opens = NULL, fired_at_ms = NULL, signed = NULL, signed_until_ms = NULL,
  content_type = NULL, bytes = NULL WHERE position = ?`;

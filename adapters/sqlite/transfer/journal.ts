import type { ReaderName } from "../../../core/ports/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Database } from "../database.ts";
import { BODIES, EVENTS, OPENED, SEEN_AGAIN, SIGNED } from "../journal-keys.ts";
import { findIndexed, indexAtOnce, setLastMerged } from "../key-index.ts";
import { type TransferTable, walked } from "./table.ts";

/** Complete by its type: a place that is not moved would be read from the beginning. */
const READERS: Record<ReaderName, true> = { archive: true, rules: true };

/** The number of partitions goes along, so that the order within them does too. */
export const settings: TransferTable<"settings"> = {
  read: (db) => {
    const partitions = partitionsOf(db);
    const records = [{ kind: "settings" as const, key: "journal", body: { partitions } }];
    return { records, next: null };
  },
  write: (db, { body }) =>
    void db.run("INSERT OR REPLACE INTO meta VALUES ('partitions', ?)", body.partitions),
};

/** Of a journal that was never opened, the number that it would get. */
const DEFAULT_PARTITIONS = 8;

function partitionsOf(db: Database): number {
  const sql = "SELECT value FROM meta WHERE name = 'partitions'";
  return db.get<{ value: number }>(sql)?.value ?? DEFAULT_PARTITIONS;
}

interface RawRow {
  ref: string;
  at_ms: number;
  content_type: string;
  bytes: Uint8Array;
}

/** Bodies may have megabytes each. */
const RAW_PAGE_BYTES = 4_194_304;

/** Bodies by reference. Who uses them is counted again as those are written. */
export const raw: TransferTable<"raw"> = {
  read: (db, after, limit) => {
    const refs = refsBehind(db, after ?? "", limit);
    const sql = "SELECT ref, at_ms, content_type, bytes FROM raw_bodies WHERE ref = ?";
    const rows = refs.flatMap((ref) => db.get<RawRow>(sql, ref) ?? []);
    const records = rows.map(({ ref, at_ms: atMs, content_type: contentType, bytes }) => {
      const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
      return { kind: "raw" as const, key: ref, body: { contentType, base64, atMs } };
    });
    return { records, next: refs.at(-1) ?? null };
  },
  write: (db, { key, body }) => {
    const sql = `INSERT INTO raw_bodies (ref, uses, at_ms, content_type, bytes) VALUES (?, 0, ?, ?, ?)
      ON CONFLICT DO NOTHING`;
    db.run(sql, key, body.atMs, body.contentType, Buffer.from(body.base64, "base64"));
  },
};

function refsBehind(db: Database, after: string, limit: number): string[] {
  const sql = "SELECT ref, length(bytes) AS size FROM raw_bodies WHERE ref > ? ORDER BY ref LIMIT ?";
  const refs: string[] = [];
  let bytes = 0;
  for (const { ref, size } of db.all<{ ref: string; size: number }>(sql, after, limit)) {
    bytes += size;
    if (refs.length > 0 && bytes > RAW_PAGE_BYTES) break;
    refs.push(ref);
  }
  return refs;
}

interface EntryRow {
  position: number;
  partition: number;
  at_ms: number;
  kind: "event" | "verdict";
  key: string;
  raw_ref: string | null;
  body: string;
}

/** The mark of an entry: its position, and how many of each partition came up to there. */
type EntryMark = [position: number, counts: number[]];

/** Entries in the order of their writing, over all partitions. */
export const entry: TransferTable<"entry"> = {
  read: (db, after, limit) => {
    const [from, counts] = after === null ? ([0, []] as EntryMark) : (JSON.parse(after) as EntryMark);
    const sql = `SELECT position, partition, at_ms, kind, key, raw_ref, body FROM entries
      WHERE position > ? ORDER BY position LIMIT ?`;
    const rows = db.all<EntryRow>(sql, from, limit);
    const records = rows.map((row) => {
      const no = (counts[row.partition] ?? 0) + 1;
      counts[row.partition] = no;
      return entryRecord(row, no);
    });
    const last = rows.at(-1);
    return {
      records,
      next: last ? JSON.stringify([last.position, Array.from(counts, (n) => n ?? 0)]) : null,
    };
  },
  write: writeEntry,
};

function entryRecord(row: EntryRow, no: number): TransferRecordOf<"entry"> {
  const { kind, partition, at_ms: atMs, raw_ref: rawRef, body: text } = row;
  return { kind: "entry", key: row.key, body: { kind, partition, no, atMs, rawRef, text } };
}

/** Here verdicts are found by their keys, too: a transfer may be gone on with. */
const { only: _onlyEvents, ...ENTRIES } = EVENTS;

function writeEntry(db: Database, { key, body }: TransferRecordOf<"entry">): void {
  if (findIndexed(db, ENTRIES, key) !== undefined) return;
  const { partition, atMs, kind, rawRef, text } = body;
  const sql = "INSERT INTO entries (partition, at_ms, kind, key, raw_ref, body) VALUES (?, ?, ?, ?, ?, ?)";
  const id = db.insert(sql, partition, atMs, kind, key, rawRef, text);
  indexAtOnce(db, ENTRIES, { key, id });
  for (const table of [OPENED, SIGNED, BODIES]) setLastMerged(db, table, id);
  if (rawRef !== null) db.run("UPDATE raw_bodies SET uses = uses + 1 WHERE ref = ?", rawRef);
}

/** How far readers have come, counted in entries: positions are each store's own. */
export const place: TransferTable<"place"> = {
  read: (db) => {
    const records: TransferRecordOf<"place">[] = [];
    for (const reader of Object.keys(READERS)) {
      for (let partition = 0; partition < partitionsOf(db); partition += 1) {
        const passed = passedBy(db, reader, partition);
        records.push({ kind: "place", key: `${reader}:${partition}`, body: { passed } });
      }
    }
    return { records, next: null };
  },
  write: (db, { key, body }) => {
    const [reader = "", partition = ""] = key.split(":");
    const at = `SELECT position FROM entries WHERE partition = ? ORDER BY position LIMIT 1 OFFSET ?`;
    const last = db.get<{ position: number }>(at, Number(partition), Math.max(0, body.passed - 1));
    const position = body.passed > 0 ? (last?.position ?? 0) : 0;
    const sql = "INSERT OR REPLACE INTO readers (reader, partition, position) VALUES (?, ?, ?)";
    db.run(sql, reader, Number(partition), position);
  },
};

function passedBy(db: Database, reader: string, partition: number): number {
  const sql = `SELECT count(*) AS passed FROM entries WHERE partition = ?2
    AND position <= (SELECT position FROM readers WHERE reader = ?1 AND partition = ?2)`;
  return db.get<{ passed: number }>(sql, reader, partition)?.passed ?? 0;
}

interface DeliveryRow {
  seq: number;
  key: string;
  received_at: string;
  last_at_ms: number;
}

/** Deliveries that came again, where that is not told by the time of their entries. */
export const delivery = walked<DeliveryRow, "delivery">(
  {
    kind: "delivery",
    sql: `SELECT seq, key, received_at, last_at_ms FROM seen_again AS seen
      WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM entries
        WHERE position IN (SELECT id FROM events_by_id WHERE hash = key_hash(seen.key))
          AND key = seen.key AND at_ms = seen.last_at_ms)
      ORDER BY seq LIMIT ?`,
    start: [0],
    mark: (row) => [row.seq],
    record: (row) => ({
      key: row.key,
      body: { receivedAt: row.received_at, seenAtMs: row.last_at_ms },
    }),
  },
  (db, { key, body }) => {
    const known = findIndexed(db, SEEN_AGAIN, key);
    if (known !== undefined) {
      db.run("UPDATE seen_again SET last_at_ms = ? WHERE seq = ?", body.seenAtMs, known);
      return;
    }
    const sql = "INSERT INTO seen_again (key, received_at, last_at_ms) VALUES (?, ?, ?)";
    indexAtOnce(db, SEEN_AGAIN, { key, id: db.insert(sql, key, body.receivedAt, body.seenAtMs) });
  },
);

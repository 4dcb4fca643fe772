import type { Database } from "./database.ts";
import { keyHash } from "./key-hash.ts";
import { type RowNumbers, rowNumbers } from "./row-numbers.ts";
import { sortInTurns } from "./sort-in-turns.ts";
import { type StoredKeys, storedKeys } from "./stored-keys.ts";

/** A table whose rows are found by a key that none of its own indexes has. */
export interface KeyedTable {
  name: string;
  /** Its numbers of rows: a column that only grows, whatever is deleted. */
  id: string;
  /** SQL of the key over one row. The newest row of a key is the one that is found. */
  key: string;
  /** SQL of which rows are found by their key; all when absent. */
  only?: string;
  /** The table with a row `(hash, id)` for each, `hash` of its key. */
  index: string;
}

/**
 * Finds rows by keys that are in no order: ids, fingerprints, signatures. An index over them has another page for each
 * new row, and every changed page is written and synced whole. So new rows are in the index in memory first and
 * come to the table that is the index many at once, in its order. That table has but a hash and a number, so
 * that a page has many, too. The rows themselves say what is not there yet when the process has died.
 */
export interface KeyIndex {
  /** The number of the row of a key. */
  find(table: KeyedTable, key: string): number | undefined;
  /** A row was inserted. Inside a transaction alone. */
  put(table: KeyedTable, key: string, id: number): void;
  /** A row is deleted. Inside a transaction alone, and not while rows up to this one wait. */
  remove(table: KeyedTable, key: string, id: number): void;
  /** Whether some of the rows up to this one may be in the index in memory alone. */
  waitsUpTo(table: KeyedTable, id: number): boolean;
  /** Rows in memory that no merge has begun to write. */
  waiting(): number;
  /** Learns some of the keys that are stored, so that others need not be looked for; false when all are known. */
  learnSome(): boolean;
  /**
   * Brings what waits to its tables, some rows in each turn of `write`, which commits them. Rejects when a commit
   * fails; nothing is lost then. A call while one runs waits for that and begins again.
   */
  merge(write: (job: () => void) => Promise<void>): Promise<void>;
  /** What the writer of transactions tells. */
  readonly transaction: TransactionHooks;
}

export interface TransactionHooks {
  committed(): void;
  undone(): void;
  /** A point to which the changes of this transaction can be taken back. */
  mark(): () => void;
}

/** The newest rows in memory by the hashes of their keys. */
interface Waiting {
  rows: RowNumbers;
  /** None has a number below this. */
  from: number;
}

/** What of one table may not have reached its index. */
interface Behind {
  table: KeyedTable;
  stored: StoredKeys;
  recent: Waiting;
  /** What a merge is writing. */
  merging: Waiting;
  /** With that, all rows of the table up to this one are in its index. */
  mergedUpTo: number;
}

/** What takes one change of the open transaction back. */
interface Undo extends Pick<Waiting, "rows"> {
  hash: number;
  before: number;
}

/** So many rows are written to an index in one transaction: a few milliseconds. */
const MERGED_AT_ONCE = 500;

/** Opens the index of these tables, with the rows that an earlier process had not yet brought there. */
export function keyIndex(db: Database, tables: readonly KeyedTable[]): KeyIndex {
  const all = tables.map((table) => openedBehind(db, table));
  const byTable = new Map(all.map((behind) => [behind.table, behind]));
  const of = (table: KeyedTable): Behind => {
    const behind = byTable.get(table);
    if (!behind) throw new Error(`the index does not know the table ${table.name}`);
    return behind;
  };
  let undo: Undo[] = [];
  let running: Promise<void> = Promise.resolve();
  const takeBackTo = (length: number): void => {
    for (const { rows, hash, before } of undo.splice(length).reverse()) {
      rows.swap(hash, before);
    }
  };
  return {
    find: (table, key) => {
      const hash = keyHash(key);
      const { stored, recent, merging } = of(table);
      if (!stored.mayHold(hash)) return undefined;
      return findRow(db, table, { key, hash, inMemory: [recent.rows.get(hash), merging.rows.get(hash)] });
    },
    put: (table, key, id) => {
      const hash = keyHash(key);
      const { stored, recent } = of(table);
      stored.add(hash);
      const before = add(recent, hash, id);
      undo.push({ rows: recent.rows, hash, before });
      // Of this key, or by chance of another.
      if (before !== 0) insertRow(db, table, { hash, id: before });
    },
    remove: (table, key, id) => {
      db.run(`DELETE FROM ${table.index} WHERE hash = ? AND id = ?`, keyHash(key), id);
    },
    waitsUpTo: (table, id) => Math.min(of(table).recent.from, of(table).merging.from) <= id,
    waiting: () => all.reduce((count, { recent }) => count + recent.rows.size(), 0),
    learnSome: () => all.some(({ stored }) => stored.learnSome()),
    merge: (write) => {
      running = running.catch(() => undefined).then(() => mergeAll(db, all, write));
      return running;
    },
    transaction: {
      committed: () => {
        undo = [];
      },
      undone: () => takeBackTo(0),
      mark: () => {
        const { length } = undo;
        return () => takeBackTo(length);
      },
    },
  };
}

function noneWaiting(): Waiting {
  return { rows: rowNumbers(), from: Number.POSITIVE_INFINITY };
}

/** The number that this hash had before; 0 when it had none. */
function add(to: Waiting, hash: number, id: number): number {
  to.from = Math.min(to.from, id);
  return to.rows.swap(hash, id);
}

function openedBehind(db: Database, table: KeyedTable): Behind {
  const waits = (): number[] => [...behind.recent.rows.hashes(), ...behind.merging.rows.hashes()];
  const stored = storedKeys(db, table.index, waits);
  const behind: Behind = { table, stored, recent: noneWaiting(), merging: noneWaiting(), mergedUpTo: 0 };
  for (const { key, id } of rowsBehind(db, table)) {
    const hash = keyHash(key);
    stored.add(hash);
    const before = add(behind.recent, hash, id);
    if (before !== 0) insertRow(db, table, { hash, id: before });
  }
  return behind;
}

/** The rows that are behind the last one that is in the index. */
function rowsBehind(db: Database, table: KeyedTable): { key: string; id: number }[] {
  const { name, id, key } = table;
  const sql = `SELECT ${key} AS key, ${id} AS id FROM ${name} WHERE ${id} > ?${andOnly(table)} ORDER BY ${id}`;
  return db.all(sql, lastMerged(db, table));
}

interface Sought {
  key: string;
  hash: number;
  /** Numbers of rows that the index has in memory for this hash; 0 stands for none. */
  inMemory: readonly number[];
}

function findRow(db: Database, table: KeyedTable, { key, hash, inMemory }: Sought): number | undefined {
  const { name, id, index } = table;
  const sql = `SELECT ${id} AS id FROM ${name}
    WHERE ${id} IN (SELECT id FROM ${index} WHERE hash = ? UNION ALL VALUES (?), (?))
      AND ${table.key} = ?${andOnly(table)} ORDER BY ${id} DESC LIMIT 1`;
  const [first = 0, second = 0] = inMemory;
  return db.get<{ id: number }>(sql, hash, first, second, key)?.id;
}

function andOnly({ only }: KeyedTable): string {
  return only === undefined ? "" : ` AND ${only}`;
}

type Write = (job: () => void) => Promise<void>;

/** Begins between transactions, so that only what is committed is taken. */
async function mergeAll(db: Database, all: readonly Behind[], write: Write): Promise<void> {
  for (const behind of all) {
    // What an earlier merge did not finish.
    if (behind.merging.rows.size() > 0) await mergeTable(db, behind, write);
    behind.merging = behind.recent;
    behind.recent = noneWaiting();
    behind.mergedUpTo = lastRow(db, behind.table);
    await mergeTable(db, behind, write);
  }
}

async function mergeTable(db: Database, behind: Behind, write: Write): Promise<void> {
  const { table, merging } = behind;
  const hashes = await sortInTurns(merging.rows.hashes(), write);
  for (let at = 0; at < hashes.length; at += MERGED_AT_ONCE) {
    await write(() => writeRows(db, behind, hashes.slice(at, at + MERGED_AT_ONCE)));
  }
  await write(() => setLastMerged(db, table, behind.mergedUpTo));
  behind.merging = noneWaiting();
}

/** Of the table, whether it is found by a key or not: those behind it alone are looked at when it is opened again. */
function lastRow(db: Database, { name, id }: KeyedTable): number {
  return db.get<{ last: number | null }>(`SELECT max(${id}) AS last FROM ${name}`)?.last ?? 0;
}

function writeRows(db: Database, { table, merging }: Behind, hashes: readonly number[]): void {
  for (const hash of hashes) {
    const id = merging.rows.get(hash);
    insertRow(db, table, { hash, id });
  }
}

function insertRow(db: Database, { index }: KeyedTable, { hash, id }: { hash: number; id: number }): void {
  db.run(`INSERT OR IGNORE INTO ${index} (hash, id) VALUES (?, ?)`, hash, id);
}

/** Writes a row's place in the index at once, inside a transaction; for whoever has no index in memory. */
export function indexAtOnce(db: Database, table: KeyedTable, row: { key: string; id: number }): void {
  insertRow(db, table, { hash: keyHash(row.key), id: row.id });
  setLastMerged(db, table, row.id);
}

/** The number of the row of a key; for whoever has no index in memory. */
export function findIndexed(db: Database, table: KeyedTable, key: string): number | undefined {
  return findRow(db, table, { key, hash: keyHash(key), inMemory: [] });
}

/** All rows up to this one are in the index. */
function lastMerged(db: Database, { index }: KeyedTable): number {
  return db.get<{ value: number }>("SELECT value FROM meta WHERE name = ?", index)?.value ?? 0;
}

/** From now on they are; for whoever has no index in memory, also behind a row that this table does not find. */
export function setLastMerged(db: Database, { index }: KeyedTable, id: number): void {
  const sql =
    "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)";
  db.run(sql, index, id);
}

import type { SQLInputValue } from "node:sqlite";
import type { Database } from "./database.ts";
import { sortInTurns } from "./sort-in-turns.ts";
import { type StoredKeys, storedKeys } from "./stored-keys.ts";

/** A table whose rows are looked up and written whole by one key. */
export interface KeyedTable<Row> {
  /** Its name, in the log of changes too; never used again for another table. Its keys are in a column `key`. */
  name: string;
  /** The row of a key. The keys are in no order, so that each lives on a page of its own. */
  read(db: Database, key: string): Row | undefined;
  /** Inserts or replaces a row. */
  sql: string;
  values(key: string, row: Row): SQLInputValue[];
  /** When a row was last changed. */
  changedAtMs(row: Row): number;
}

/**
 * Rows that are kept in memory at first and brought to their tables later, many in the order of their keys.
 * Written at once, each would change a page of its own, and every changed page is written and synced whole.
 * What a transaction changes is one row of the table `changes`, from which the memory is filled again at start.
 */
export interface WriteBehind {
  get<Row>(table: KeyedTable<Row>, key: string): Row | undefined;
  /** Inside a transaction alone. */
  put<Row>(table: KeyedTable<Row>, key: string, row: Row): void;
  /** Rows in memory that no merge has begun to write. */
  waiting(): number;
  /** When the row in memory was changed that was not for the longest time; infinity when there is none. */
  oldestMs(): number;
  /** Learns some of the keys that are stored, so that others need not be looked for; false when all are known. */
  learnSome(): boolean;
  /**
   * Writes what waits to the tables, some rows in each turn of `write`, which commits them. Rejects when a
   * commit fails; nothing is lost then. A call while one runs waits for that and begins again.
   */
  merge(write: (job: () => void) => Promise<void>): Promise<void>;
  /** What the writer of transactions tells. */
  readonly transaction: TransactionHooks;
}

export interface TransactionHooks {
  /** Before the commit: the changes become part of it. */
  ending(): void;
  committed(): void;
  undone(): void;
  /** A point to which the changes of this transaction can be taken back. */
  mark(): () => void;
}

/** A table whatever its rows: only the table itself looks into them. */
type AnyTable = KeyedTable<unknown>;

/** The rows of one table that may not have reached it. */
interface Behind {
  table: AnyTable;
  stored: StoredKeys;
  /** Of the transaction that is open. */
  staged: Map<string, unknown>;
  recent: Map<string, unknown>;
  /** What a merge is writing. */
  merging: Map<string, unknown>;
}

/** So many rows are written to the tables in one transaction: a few milliseconds. */
const MERGED_AT_ONCE = 100;
/** So many rows of the log, each a transaction's, are deleted in one. */
const FORGOTTEN_AT_ONCE = 20;

/** Opens the rows of these tables, with what an earlier process had not yet brought there. */
export function writeBehind(db: Database, tables: readonly AnyTable[]): WriteBehind {
  const all = tables.map((table) => rowsBehind(db, table));
  const byTable = new Map(all.map((behind) => [behind.table, behind]));
  loadChanges(db, new Map(all.map((behind) => [behind.table.name, behind])));
  let running: Promise<void> = Promise.resolve();

  const get = (table: AnyTable, key: string): unknown => {
    const behind = byTable.get(table);
    if (!behind?.stored.mayHold(key)) return undefined;
    const { staged, recent, merging } = behind;
    return staged.get(key) ?? recent.get(key) ?? merging.get(key) ?? table.read(db, key);
  };
  const put = (table: AnyTable, key: string, row: unknown): void => {
    const behind = byTable.get(table);
    behind?.stored.add(key);
    behind?.staged.set(key, row);
  };

  return {
    get: <Row>(table: KeyedTable<Row>, key: string) => get(table as AnyTable, key) as Row | undefined,
    put: (table, key, row) => put(table as AnyTable, key, row),
    waiting: () => all.reduce((rows, { recent }) => rows + recent.size, 0),
    oldestMs: () => Math.min(...all.map(oldestOf)),
    learnSome: () => all.some(({ stored }) => stored.learnSome()),
    merge: (write) => {
      running = running.catch(() => undefined).then(() => mergeAll(db, all, write));
      return running;
    },
    transaction: {
      ending: () => logChanges(db, all),
      committed: () => {
        for (const { staged, recent } of all) {
          for (const [key, row] of staged) recent.set(key, row);
          staged.clear();
        }
      },
      undone: () => {
        for (const { staged } of all) staged.clear();
      },
      mark: () => {
        const before = all.map(({ staged }) => new Map(staged));
        return () => {
          for (const [i, behind] of all.entries()) behind.staged = before[i] ?? new Map();
        };
      },
    },
  };
}

function rowsBehind(db: Database, table: AnyTable): Behind {
  const onTheirWay = (): string[] => {
    const { staged, recent, merging } = behind;
    return [staged, recent, merging].flatMap((rows) => [...rows.keys()]);
  };
  const stored = storedKeys(db, table.name, onTheirWay);
  const behind: Behind = { table, stored, staged: new Map(), recent: new Map(), merging: new Map() };
  return behind;
}

function oldestOf({ table, recent, merging }: Behind): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const rows of [recent, merging]) {
    for (const row of rows.values()) oldest = Math.min(oldest, table.changedAtMs(row));
  }
  return oldest;
}

type Write = (job: () => void) => Promise<void>;

async function mergeAll(db: Database, all: readonly Behind[], write: Write): Promise<void> {
  let last = 0;
  await write(() => {
    for (const behind of all) {
      const { merging, recent } = behind;
      // What an earlier merge did not finish goes first, where it was not changed since.
      behind.merging = merging.size === 0 ? recent : new Map([...merging, ...recent]);
      behind.recent = new Map();
    }
    last = db.get<{ last: number }>("SELECT coalesce(max(id), 0) AS last FROM changes")?.last ?? 0;
  });
  for (const behind of all) {
    const keys = await sortInTurns([...behind.merging.keys()], write);
    for (let at = 0; at < keys.length; at += MERGED_AT_ONCE) {
      await write(() => writeRows(db, behind, keys.slice(at, at + MERGED_AT_ONCE)));
    }
  }
  await forgetChanges(db, last, write);
  for (const behind of all) behind.merging = new Map();
}

function writeRows(db: Database, { table, merging }: Behind, keys: readonly string[]): void {
  for (const key of keys) db.run(table.sql, ...table.values(key, merging.get(key)));
}

/** The oldest first: what is left of the log after a death says the last of each key that it still names. */
async function forgetChanges(db: Database, last: number, write: Write): Promise<void> {
  const sql = `DELETE FROM changes WHERE id IN (
    SELECT id FROM changes WHERE id <= ? ORDER BY id LIMIT ${FORGOTTEN_AT_ONCE})`;
  for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE; ) {
    await write(() => {
      count = db.run(sql, last);
    });
  }
}

function logChanges(db: Database, all: readonly Behind[]): void {
  const rows = all.flatMap(({ table, staged }) =>
    Array.from(staged, ([key, row]) => [table.name, key, row] as const),
  );
  if (rows.length > 0) db.run("INSERT INTO changes (rows) VALUES (?)", JSON.stringify(rows));
}

function loadChanges(db: Database, tables: ReadonlyMap<string, Behind>): void {
  for (const { rows } of db.all<{ rows: string }>("SELECT rows FROM changes ORDER BY id")) {
    for (const [name, key, row] of JSON.parse(rows) as [string, string, unknown][]) {
      const behind = tables.get(name);
      behind?.stored.add(key);
      behind?.recent.set(key, row);
    }
  }
}

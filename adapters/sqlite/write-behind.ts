import type { SQLInputValue } from "node:sqlite";
import type { Database } from "./database.ts";

/** A table whose rows are looked up and written whole by one key. */
export interface KeyedTable<Row> {
  /** Names it in the log of changes; never used again for another table. */
  name: string;
  /** The row of a key. The keys are in no order, so that each lives on a page of its own. */
  read(db: Database, key: string): Row | undefined;
  /** Inserts or replaces a row. */
  sql: string;
  values(key: string, row: Row): SQLInputValue[];
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

interface Change {
  table: AnyTable;
  key: string;
  row: unknown;
}

type Changes = Map<string, Change>;

/** So many rows are written to the tables in one transaction. */
const MERGED_AT_ONCE = 500;

/** Opens the rows of these tables, with what an earlier process had not yet brought there. */
export function writeBehind(db: Database, tables: readonly AnyTable[]): WriteBehind {
  const known = new Map(tables.map((table) => [table.name, table]));
  let staged: Changes = new Map();
  let recent: Changes = loadChanges(db, known);
  let merging: Changes = new Map();
  let running: Promise<void> = Promise.resolve();

  const get = (table: AnyTable, key: string): unknown => {
    const id = idOf(table, key);
    const change = staged.get(id) ?? recent.get(id) ?? merging.get(id);
    return change ? change.row : table.read(db, key);
  };

  const mergeOnce = async (write: (job: () => void) => Promise<void>): Promise<void> => {
    let last = 0;
    await write(() => {
      // What an earlier merge did not finish goes first, where it was not changed since.
      merging = new Map([...merging, ...recent]);
      recent = new Map();
      last = db.get<{ last: number }>("SELECT coalesce(max(id), 0) AS last FROM changes")?.last ?? 0;
    });
    const ids = [...merging.keys()].sort();
    for (let at = 0; at < ids.length; at += MERGED_AT_ONCE) {
      await write(() => writeRows(db, merging, ids.slice(at, at + MERGED_AT_ONCE)));
    }
    await write(() => void db.run("DELETE FROM changes WHERE id <= ?", last));
    merging = new Map();
  };

  return {
    get: <Row>(table: KeyedTable<Row>, key: string) => get(table as AnyTable, key) as Row | undefined,
    put: (table, key, row) => void staged.set(idOf(table, key), { table: table as AnyTable, key, row }),
    waiting: () => recent.size,
    merge: (write) => {
      running = running.catch(() => undefined).then(() => mergeOnce(write));
      return running;
    },
    transaction: {
      ending: () => logChanges(db, staged),
      committed: () => {
        for (const [id, change] of staged) recent.set(id, change);
        staged = new Map();
      },
      undone: () => {
        staged = new Map();
      },
      mark: () => {
        const before = new Map(staged);
        return () => {
          staged = before;
        };
      },
    },
  };
}

function idOf({ name }: { name: string }, key: string): string {
  return `${name} ${key}`;
}

function writeRows(db: Database, changes: Changes, ids: readonly string[]): void {
  for (const id of ids) {
    const change = changes.get(id);
    if (change) db.run(change.table.sql, ...change.table.values(change.key, change.row));
  }
}

function logChanges(db: Database, staged: Changes): void {
  if (staged.size === 0) return;
  const rows = [...staged.values()].map(({ table, key, row }) => [table.name, key, row]);
  db.run("INSERT INTO changes (rows) VALUES (?)", JSON.stringify(rows));
}

function loadChanges(db: Database, tables: ReadonlyMap<string, AnyTable>): Changes {
  const changes: Changes = new Map();
  for (const { rows } of db.all<{ rows: string }>("SELECT rows FROM changes ORDER BY id")) {
    for (const [name, key, row] of JSON.parse(rows) as [string, string, unknown][]) {
      const table = tables.get(name);
      if (table) changes.set(idOf(table, key), { table, key, row });
    }
  }
  return changes;
}

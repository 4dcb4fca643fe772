import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

/** One connection with its prepared statements. Everything is synchronous. */
export interface Database {
  /** All rows. The caller names the shape that its SELECT has. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  /** The first row, if any. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs a statement and tells how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Runs an INSERT of one row and tells its row number. */
  insert(sql: string, ...values: SQLInputValue[]): number;
  /** Runs a script without values; for the schema. */
  script(sql: string): void;
  /** Makes a function that statements can call. The same arguments must always give the same answer. */
  define(name: string, answer: (...values: SQLOutputValue[]) => SQLInputValue): void;
  inTransaction(): boolean;
  close(): void;
}

/** How long a foreign tool (a backup, a person with `sqlite3`) may hold the file before a write fails. */
const BUSY_TIMEOUT_MS = 1_000;

/**
 * A larger log is copied back less often: pages that many commits change, above all those of indexes over
 * hashes, are then written once instead of each time. 8,000 pages are 32 MB.
 */
export const LOG_PAGES = 8_000;

const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
  PRAGMA wal_autocheckpoint = ${LOG_PAGES};
  PRAGMA journal_size_limit = 67108864;
`;

/** Opens a file with a write-ahead log that is synced at each commit. */
export function openDatabase(file: string): Database {
  const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    const mode = connection.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
    if (mode !== "wal" && file !== ":memory:") throw new Error(`no write-ahead log here, only ${mode}`);
    connection.exec(SETTINGS);
  } catch (cause) {
    connection.close();
    throw cause;
  }
  return withStatements(connection);
}

/** Opens a file that another connection writes, to read it alone. Throws when there is none. */
export function openForReading(file: string): Database {
  return withStatements(new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
}

function withStatements(connection: DatabaseSync): Database {
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    const fresh = connection.prepare(sql);
    prepared.set(sql, fresh);
    return fresh;
  };
  return {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => statement(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SQLInputValue[]) => statement(sql).get(...values) as Row | undefined,
    run: (sql, ...values) => Number(statement(sql).run(...values).changes),
    insert: (sql, ...values) => Number(statement(sql).run(...values).lastInsertRowid),
    script: (sql) => connection.exec(sql),
    define: (name, answer) => connection.function(name, { deterministic: true, varargs: true }, answer),
    inTransaction: () => connection.isTransaction,
    close: () => connection.close(),
  };
}

import type { Clock } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { closedError, readError } from "./errors.ts";
import type { GroupCommit, Wake } from "./group-commit.ts";
import type { KeyIndex } from "./key-index.ts";

/** What each part of the store works with. */
export interface Engine {
  db: Database;
  /** Finds rows of the journal by their keys. */
  index: KeyIndex;
  clock: Clock;
  /** Runs a query now, on what is committed. */
  read<T>(query: () => T): Promise<T>;
  /** Runs a write with the group of this turn; settles once it is on the disk. */
  write<T>(job: (wake: Wake) => T): Promise<T>;
  /** Runs a write that a power cut may undo, but not the end of the process; costs no sync of the disk. */
  writeUnsynced<T>(job: (wake: Wake) => T): Promise<T>;
  /** Commits what waits, ends what goes on behind it and closes the file. A second call waits for the first. */
  close(): Promise<void>;
}

/** What an engine is made of. */
export interface EngineParts {
  db: Database;
  index: KeyIndex;
  clock: Clock;
  commits: GroupCommit;
  /** What goes on behind the writes, and ends after the last of them. */
  behind: readonly { close(): void | Promise<void> }[];
}

/** Joins a database and its writer into what the parts of the store use. */
export function engineOf({ db, index, clock, commits, behind }: EngineParts): Engine {
  let open = true;
  const read = async <T>(query: () => T): Promise<T> => {
    if (!open) throw closedError();
    try {
      return query();
    } catch (cause) {
      throw readError(cause);
    }
  };
  let closing: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    open = false;
    commits.close();
    await Promise.all(behind.map((one) => one.close()));
    db.close();
  };
  const { write, writeUnsynced } = commits;
  const close = (): Promise<void> => {
    closing ??= end();
    return closing;
  };
  return { db, index, clock, read, write, writeUnsynced, close };
}

/** Brings what the index has in memory to its tables. Needs no sync: until that is on the disk, the rows say it. */
export function mergeIndex({ index, writeUnsynced }: Engine): Promise<void> {
  return index.merge((job) => writeUnsynced(job));
}

/** The next fencing token: one counter for the whole store, so a token is never given twice. */
export function nextFence(db: Database): number {
  return nextNumber(db, "fence");
}

/** The next number of a counter, from 1. */
export function nextNumber(db: Database, counter: string): number {
  const sql = `INSERT INTO meta VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1
    RETURNING value`;
  return db.get<{ value: number }>(sql, counter)?.value ?? 0;
}

/** A caller's limit as SQLite wants it: a whole number from 0, where a negative one would mean "all". */
export function limitOf(limit: number): number {
  return Number.isNaN(limit) ? 0 : Math.min(Math.max(0, Math.floor(limit)), Number.MAX_SAFE_INTEGER);
}

/** What a sweep looks at and what it forgets. */
export interface Sweep {
  table: string;
  /** SQL over one row, with one `?` for the instant. */
  forget: string;
  olderThanMs: number;
}

/** So many rows are looked at in one write, so that a large sweep does not stop everything else. */
const SWEPT_AT_ONCE = 250;

/** Deletes the rows of a table that fit, some at a time. Returns how many. */
export async function sweep(engine: Engine, what: Sweep): Promise<number> {
  let forgotten = 0;
  let after: number | null = 0;
  while (after !== null) {
    const from: number = after;
    const chunk = await engine.write(() => sweepChunk(engine.db, what, from));
    forgotten += chunk.forgotten;
    after = chunk.last;
  }
  return forgotten;
}

function sweepChunk(db: Database, what: Sweep, after: number): { forgotten: number; last: number | null } {
  const window = `SELECT rowid AS id FROM ${what.table} WHERE rowid > ? ORDER BY rowid LIMIT ${SWEPT_AT_ONCE}`;
  const last =
    db.get<{ last: number | null }>(`SELECT max(id) AS last FROM (${window})`, after)?.last ?? null;
  if (last === null) return { forgotten: 0, last };
  const sql = `DELETE FROM ${what.table} WHERE rowid > ? AND rowid <= ? AND (${what.forget})`;
  return { forgotten: db.run(sql, after, last, what.olderThanMs), last };
}

import { statSync } from "node:fs";
import { join } from "node:path";
import { errorText } from "../../core/errors.ts";
import type { Logger, Queue, StorePorts } from "../../core/ports/index.ts";
import { sqliteAudit } from "./audit.ts";
import { checkpoints } from "./checkpoint.ts";
import { readConfig, type SqliteStoreConfig, type SqliteStoreOptions } from "./config.ts";
import { sqliteConfigStore } from "./config-store.ts";
import { type Database, openDatabase } from "./database.ts";
import { type Engine, engineOf } from "./engine.ts";
import { openError } from "./errors.ts";
import { groupCommit, type Wake } from "./group-commit.ts";
import { sqliteInbox } from "./inbox.ts";
import { sqliteJournal, type TextJournal } from "./journal.ts";
import { KEYED_TABLES } from "./journal-keys.ts";
import { keyIndex } from "./key-index.ts";
import { sqliteLeases } from "./leases.ts";
import { holdFolder } from "./lock.ts";
import { bringUp } from "./migrations.ts";
import { type OutboxRows, outboxOver, sqliteOutboxRows } from "./outbox.ts";
import { quietMerges } from "./quiet-merges.ts";
import { sqliteReplays } from "./replays.ts";
import { requireInForce } from "./standing.ts";
import { sqliteState } from "./state.ts";
import { type TaskRows, tasksOver } from "./task-rows.ts";
import { sqliteTaskRows } from "./tasks.ts";
import { sqliteThrottle } from "./throttle.ts";

/** The embedded store: all ports over one file, for one process. */
export interface SqliteStore extends StorePorts {
  journal: TextJournal;
  /** What `tasks` is over. */
  taskRows: TaskRows;
  /** What `outbox` is over. */
  outboxRows: OutboxRows;
  /** Called after each commit that may have given a queue new work, so that workers wake without polling. */
  onWrite(listener: (what: Queue) => void): void;
  /** Makes a small durable write. Rejects as every write would now, for example while the disk is full. */
  check(): Promise<void>;
  /** Bytes that the database and its log take on the disk. */
  sizeBytes(): number;
  /** Commits what waits, closes the files and gives the folder back. Later calls fail with `store.closed`. */
  close(): Promise<void>;
}

/**
 * Opens the store of a folder, making it when there is none. The folder belongs to this process alone until
 * `close` or the process's end: leases found in it are those of a process that is gone, and are ended.
 * Throws `store.locked`, `store.not_in_force`, `store.newer_version`, `store.open_failed` or `store.bad_option`.
 */
export function openStore(options: SqliteStoreOptions): SqliteStore {
  const config = readConfig(options);
  const unlock = holdFolder(config.dataDir);
  try {
    requireInForce(config.dataDir);
    return openData(config, (db) => storeOver(db, config, unlock));
  } catch (cause) {
    unlock();
    throw openError(config.dataDir, cause);
  }
}

function openData<T>({ dataDir, log }: SqliteStoreConfig, use: (db: Database) => T): T {
  const db = openDatabase(fileOf(dataDir));
  try {
    bringUp(db, log);
    endLeases(db);
    return use(db);
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/**
 * The lock proves that whoever held these leases is gone. A message that waits counts as tried, because the
 * claim under which it was tried may have been lost with the machine's power.
 */
function endLeases(db: Database): void {
  const free = "leased_until_ms = 0, fence = 0";
  db.script(`BEGIN IMMEDIATE;
    UPDATE inbox SET ${free} WHERE done = 0 AND fence <> 0;
    UPDATE tasks SET ${free}, holder = NULL WHERE due_at_ms IS NOT NULL AND fence <> 0;
    UPDATE outbox SET ${free} WHERE head = 1 AND fence <> 0;
    UPDATE outbox SET attempts = 1 WHERE attempts = 0;
    UPDATE replays SET ${free} WHERE ended = 0 AND fence <> 0;
    UPDATE leases SET leased_until_ms = 0;
    UPDATE readers SET leased_until_ms = 0, holder = NULL;
    COMMIT`);
}

const COUNT_CHECK = `INSERT INTO meta VALUES ('checks', 1)
  ON CONFLICT (name) DO UPDATE SET value = value + 1`;

function storeOver(db: Database, config: SqliteStoreConfig, unlock: () => void): SqliteStore {
  const listeners: ((what: Queue) => void)[] = [];
  const announce: Wake = (what) => {
    for (const listener of listeners) tell(listener, what, config.log);
  };
  const engine = engineOver(db, config, announce);
  return {
    ...portsOver(engine, config, announce),
    onWrite: (listener) => void listeners.push(listener),
    check: () => engine.write(() => void db.run(COUNT_CHECK)),
    sizeBytes: () => storeBytes(config.dataDir),
    close: async () => {
      try {
        await engine.close();
      } finally {
        unlock();
      }
    },
  };
}

function engineOver(db: Database, { clock, log, dataDir }: SqliteStoreConfig, announce: Wake): Engine {
  const index = keyIndex(db, KEYED_TABLES);
  const committed = (): void => {
    index.transaction.committed();
    merges.committed();
    copies.committed();
  };
  const commits = groupCommit({ db, log, announce, hooks: { ...index.transaction, committed } });
  const copies = checkpoints(db, fileOf(dataDir), log);
  const merges = quietMerges({ index, commits, copies, log });
  return engineOf({ db, index, clock, commits, behind: [merges, copies] });
}

function fileOf(dataDir: string): string {
  return join(dataDir, "whale.db");
}

/** Bytes that the database of a folder and its log take. */
export function storeBytes(dataDir: string): number {
  return fileBytes(dataDir, "whale.db") + fileBytes(dataDir, "whale.db-wal");
}

/** What is committed stays committed, and the other listeners hear of it, whatever one listener does. */
export function tell(listener: (what: Queue) => void, what: Queue, log: Logger): void {
  try {
    listener(what);
  } catch (cause) {
    log.error({ queue: what, reason: errorText(cause) }, "a listener of the store failed");
  }
}

function portsOver(engine: Engine, config: SqliteStoreConfig, announce: Wake) {
  const taskRows = sqliteTaskRows(engine);
  const tasks = tasksOver(taskRows);
  const outboxRows = sqliteOutboxRows(engine);
  return {
    journal: sqliteJournal(engine, config, announce),
    inbox: sqliteInbox(engine),
    taskRows,
    tasks,
    outboxRows,
    outbox: outboxOver(outboxRows, tasks),
    throttle: sqliteThrottle(engine),
    audit: sqliteAudit(engine),
    configs: sqliteConfigStore(engine),
    replays: sqliteReplays(engine),
    leases: sqliteLeases(engine),
    state: sqliteState(engine),
  };
}

function fileBytes(dataDir: string, name: string): number {
  return statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0;
}

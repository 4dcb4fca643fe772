import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Logger, TransferPage, TransferStore } from "../../../core/ports/index.ts";
import type {
  StoreKind,
  TransferKind,
  TransferRecord,
  TransferRecordOf,
} from "../../../core/transfer/index.ts";
import { prepareTables } from "../archive/tables.ts";
import { readArchived, readWaiting, writeArchived, writeWaiting } from "../archive/transfer.ts";
import { type Database, openDatabase } from "../database.ts";
import { jobError, openError, readError } from "../errors.ts";
import { holdFolder } from "../lock.ts";
import { bringUp } from "../migrations.ts";
import { readStanding, writeStanding } from "../standing.ts";
import * as journal from "./journal.ts";
import * as memory from "./journal-memory.ts";
import * as queues from "./queues.ts";
import * as records from "./records.ts";
import { spread } from "./spread.ts";
import type { TransferTable } from "./table.ts";
import * as tasks from "./tasks.ts";
import { inTransaction } from "./transaction.ts";

const TABLES: { readonly [K in StoreKind]: TransferTable<K> } = {
  settings: journal.settings,
  raw: journal.raw,
  entry: journal.entry,
  place: journal.place,
  delivery: journal.delivery,
  incident: memory.incident,
  signature: memory.signature,
  refusal: memory.refusal,
  callback: queues.callback,
  bucket: queues.bucket,
  grant: queues.grant,
  task: tasks.task,
  message: tasks.message,
  audit: records.audit,
  version: records.version,
  replay: tasks.replay,
  state: records.state,
};

/** What a store that was never used has no row in. */
const CONTENT = {
  store: [
    "entries",
    "seen_again",
    "incidents",
    "raw_bodies",
    "inbox",
    "tasks",
    "outbox",
    "buckets",
    "grants",
  ],
  records: ["audit", "config_versions", "replays", "state", "signatures", "refusals"],
  archive: ["events", "waiting_verdicts"],
};

interface Files {
  store: Database;
  archive: Database;
}

/** Where the stores are, and who hears that old data is brought to this version. */
export interface EmbeddedTransferOptions {
  dataDir: string;
  log: Logger;
}

/**
 * Opens the embedded stores of a folder, making them when there are none, to be read and written as records; also
 * those that a transfer has left or not finished. The folder belongs to this process alone until `close`. Throws
 * `store.locked`, `store.newer_version` or `store.open_failed`.
 */
export async function openEmbeddedTransfer({
  dataDir,
  log,
}: EmbeddedTransferOptions): Promise<TransferStore> {
  const unlock = holdFolder(dataDir);
  try {
    return transferOver({ dataDir, log, files: await openFiles(dataDir, log), unlock });
  } catch (cause) {
    unlock();
    throw openError(dataDir, cause);
  }
}

interface Held extends EmbeddedTransferOptions {
  files: Files;
  unlock: () => void;
}

function transferOver(held: Held): TransferStore {
  const { dataDir, log, unlock } = held;
  return {
    read: async (kind, after, limit) => asRead(() => readPage(held.files, kind, { after, limit })),
    write: async (some) => asWrite(() => writeAll(held.files, some)),
    isEmpty: async () => asRead(() => isEmpty(held.files)),
    clear: async () => {
      closeFiles(held.files);
      for (const name of ["whale.db", "archive.db"]) {
        for (const end of ["", "-wal", "-shm"]) rmSync(join(dataDir, name + end), { force: true });
      }
      held.files = await openFiles(dataDir, log);
    },
    standing: async () => readStanding(dataDir),
    stand: async (standing) => writeStanding(dataDir, standing),
    // Whoever held the folder would have kept it from being opened.
    holders: async () => [],
    close: async () => {
      closeFiles(held.files);
      unlock();
    },
  };
}

async function openFiles(dataDir: string, log: Logger): Promise<Files> {
  const store = openDatabase(join(dataDir, "whale.db"));
  try {
    bringUp(store, log);
    await spread(store);
    return { store, archive: openArchiveFile(dataDir) };
  } catch (cause) {
    store.close();
    throw cause;
  }
}

function openArchiveFile(dataDir: string): Database {
  const archive = openDatabase(join(dataDir, "archive.db"));
  try {
    prepareTables(archive);
    return archive;
  } catch (cause) {
    archive.close();
    throw cause;
  }
}

function closeFiles({ store, archive }: Files): void {
  store.close();
  archive.close();
}

function readPage(
  { store, archive }: Files,
  kind: TransferKind,
  { after, limit }: { after: string | null; limit: number },
): TransferPage {
  if (kind === "archived") return readArchived(archive, after, limit);
  if (kind === "waiting") return readWaiting(archive, after, limit);
  return TABLES[kind].read(store, after, limit);
}

function writeAll({ store, archive }: Files, some: readonly TransferRecord[]): void {
  const kind = some[0]?.kind;
  if (kind === undefined) return;
  if (kind === "archived") {
    inTransaction(archive, () => writeArchived(archive, some as TransferRecordOf<"archived">[]));
  } else if (kind === "waiting") {
    inTransaction(archive, () => writeWaiting(archive, some as TransferRecordOf<"waiting">[]));
  } else {
    // The table is that of the records' own kind, which the compiler cannot follow.
    inTransaction(store, () => writeTo(TABLES[kind] as TransferTable<TransferKind>, { store, some }));
  }
}

function writeTo(
  table: TransferTable<TransferKind>,
  { store, some }: { store: Database; some: readonly TransferRecord[] },
): void {
  for (const record of some) table.write(store, record);
}

function isEmpty({ store, archive }: Files): boolean {
  const hasRows = (db: Database, table: string) => db.get(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined;
  const inStore = [...CONTENT.store, ...CONTENT.records].some((table) => hasRows(store, table));
  return !inStore && !CONTENT.archive.some((table) => hasRows(archive, table));
}

function asRead<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw readError(cause);
  }
}

function asWrite(work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw jobError(cause);
  }
}

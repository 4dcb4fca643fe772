import { openArchive } from "../../adapters/sqlite/archive/index.ts";
import { openEmbeddedTransfer, openStore } from "../../adapters/sqlite/index.ts";
import { type Migrated, type Migration, migrate } from "../../bot/migrate/index.ts";
import type { Archive, Audit, TransferSide, TransferStore } from "../../core/ports/index.ts";
import { TRANSFER_KINDS, type TransferRecord } from "../../core/transfer/index.ts";
import type { Harness } from "../contract/harness.ts";
import { type MovableClock, movableClock } from "./clock.ts";
import { silentLog } from "./log.ts";
import { tempFolder } from "./sqlite.ts";

/** A folder with embedded stores, to be worked on and to be moved. */
export interface EmbeddedFolder {
  path: string;
  clock: MovableClock;
  /** Works on the store; it is closed afterwards. */
  work<T>(use: (harness: Harness & { audit: Audit }) => Promise<T>): Promise<T>;
  archive(use: (archive: Archive) => Promise<unknown>): Promise<void>;
  /** Opens it as a side; to be closed by the test. */
  side(): Promise<TransferStore>;
  remove(): void;
}

/** An empty folder. */
export function embeddedFolder(clock = movableClock()): EmbeddedFolder {
  const folder = tempFolder();
  const dataDir = folder.path;
  return {
    path: dataDir,
    clock,
    work: async (use) => {
      const store = openStore({ dataDir, clock, log: silentLog, partitions: 2 });
      return use({ ...store, clock }).finally(() => store.close());
    },
    archive: async (use) => {
      const archive = await openArchive({ dataDir, log: silentLog });
      await use(archive).finally(() => archive.close());
    },
    side: () => openEmbeddedTransfer({ dataDir, log: silentLog }),
    remove: folder.remove,
  };
}

/** All records of a side, by kind and key. */
export async function dump(side: TransferSide, limit = 7): Promise<Record<string, TransferRecord["body"]>> {
  const found: Record<string, TransferRecord["body"]> = {};
  for (const kind of TRANSFER_KINDS) {
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<TransferSide["read"]>> = await side.read(kind, after, limit);
      for (const { key, body } of page.records) {
        const name = `${kind} ${key}`;
        if (Object.hasOwn(found, name)) throw new Error(`${name} was read twice`);
        found[name] = body;
      }
      after = page.next;
    } while (after !== null);
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

let ids = 0;

/** A migration from one side to the other, three records at a time. */
export function migrationOf(
  source: TransferStore,
  target: TransferStore,
  options: Partial<Migration> = {},
): Migration {
  return {
    source: { place: "embedded", store: source },
    target: { place: "redis", store: target },
    clock: movableClock(),
    ids: { ulid: () => `transfer-${++ids}` },
    ...{ evenIfRunning: false, replace: false, pageRecords: 3, tell: () => undefined },
    ...options,
  };
}

/** Moves everything from one side to the other. */
export function move(
  source: TransferStore,
  target: TransferStore,
  options: Partial<Migration> = {},
): Promise<Migrated> {
  return migrate(migrationOf(source, target, options));
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openEmbeddedTransfer,
  openStore,
  openStoreThread,
  type SqliteStoreOptions,
} from "../../adapters/sqlite/index.ts";
import type { Harness } from "../contract/harness.ts";
import { movableClock } from "./clock.ts";
import { silentLog } from "./log.ts";

/** A new empty folder and what removes it. */
export function tempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "whale-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An empty SQLite store in a folder of its own, which goes when the store is closed. */
export async function sqliteHarness(options: Partial<SqliteStoreOptions> = {}): Promise<Harness> {
  const clock = movableClock();
  const folder = tempFolder();
  const store = openStore({ dataDir: folder.path, clock, log: silentLog, ...options });
  const close = async (): Promise<void> => {
    await store.close();
    folder.remove();
  };
  return { ...store, clock, close };
}

/** The same, of which the journal goes on after `restart`. */
export async function restartableHarness(options: Partial<SqliteStoreOptions> = {}): Promise<Harness> {
  const clock = movableClock();
  const folder = tempFolder();
  const open = () => openStore({ dataDir: folder.path, clock, log: silentLog, ...options });
  let store = open();
  const harness: Harness = {
    ...store,
    clock,
    restart: async (moves) => {
      await store.close();
      if (moves) await (await openEmbeddedTransfer({ dataDir: folder.path, log: silentLog })).close();
      store = open();
      harness.journal = store.journal;
    },
    close: async () => {
      await store.close();
      folder.remove();
    },
  };
  return harness;
}

/** The same in a thread of its own, as the process has it. */
export async function sqliteThreadHarness(options: Partial<SqliteStoreOptions> = {}): Promise<Harness> {
  const clock = movableClock();
  const folder = tempFolder();
  const store = await openStoreThread({ dataDir: folder.path, clock, log: silentLog, ...options });
  const close = async (): Promise<void> => {
    await store.close();
    folder.remove();
  };
  return { ...store, clock, close };
}

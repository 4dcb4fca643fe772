import { existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isChatOpsError } from "../../core/errors.ts";
import { openError } from "./errors.ts";
import { lockFolder } from "./lock.ts";

/** What a data folder is like, seen from outside. */
export interface FolderFacts {
  /** Null while there is no store in it. */
  store: { bytes: number; journalMode: string } | null;
  archiveBytes: number;
  freeDiskBytes: number;
  /** Lies on a file system of the network, where neither locks nor syncs are to be relied on. */
  onNetwork: boolean;
}

/** Whether a process runs on a data folder. Takes its lock for an instant where it is free. */
export function isFolderHeld(dataDir: string): boolean {
  if (!existsSync(join(dataDir, "whale.lock"))) return false;
  try {
    lockFolder(dataDir)();
    return false;
  } catch (error) {
    if (isChatOpsError(error) && error.code === "store.locked") return true;
    throw error;
  }
}

/** Magic numbers of NFS, CIFS, SMB2 and Ceph, as Linux tells them. */
const NETWORK_TYPES = [0x6969, 0xff534d42, 0xfe534d42, 0x00c36400];

/**
 * Looks at a data folder without its lock, whoever runs on it. Changes nothing. Throws `store.open_failed` when what
 * is there is no store.
 */
export async function inspectFolder(dataDir: string): Promise<FolderFacts> {
  const disk = await statfs(nearest(dataDir));
  return {
    store: storeFacts(dataDir),
    archiveBytes: bytesOf(join(dataDir, "archive.db")),
    freeDiskBytes: disk.bavail * disk.bsize,
    onNetwork: NETWORK_TYPES.includes(disk.type),
  };
}

/** The folder itself, or the one that it will be made in. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function storeFacts(dataDir: string): FolderFacts["store"] {
  const file = join(dataDir, "whale.db");
  if (!existsSync(file)) return null;
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const journalMode = String(db.prepare("PRAGMA journal_mode").get()?.["journal_mode"]);
      return { bytes: bytesOf(file) + bytesOf(`${file}-wal`), journalMode };
    } finally {
      db.close();
    }
  } catch (cause) {
    throw openError(dataDir, cause);
  }
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

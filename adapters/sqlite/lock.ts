import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isBusy, lockedError, openError } from "./errors.ts";

/**
 * Takes a folder that is there for this process, or throws `store.locked`. The lock is an open exclusive transaction on
 * `whale.lock`: a file lock of the kernel, so it ends with the process however that dies. Returns the release.
 */
export function lockFolder(dataDir: string): () => void {
  const held = openLock(dataDir);
  try {
    held.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    held.close();
    throw isBusy(cause) ? lockedError(dataDir, cause) : openError(dataDir, cause);
  }
  return () => {
    if (held.isOpen) held.close();
  };
}

/** Makes the folder when there is none, and takes its lock. Throws `store.locked` or `store.open_failed`. */
export function holdFolder(dataDir: string): () => void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw openError(dataDir, cause);
  }
  return lockFolder(dataDir);
}

function openLock(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, "whale.lock"), { timeout: 0 });
  } catch (cause) {
    throw openError(dataDir, cause);
  }
}

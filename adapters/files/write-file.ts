import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ChatOpsError, errorCode } from "../../core/errors.ts";

const NEW_FILE_MODE = 0o644;

/** The text of a file; null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw fileError("read", path, error);
  }
}

/**
 * Replaces a file by a text, or with null removes it, durably: whatever happens, the file is the old one or
 * the new one, never a part. Of a link the file behind it is replaced. Throws `files.write_failed`.
 */
export async function replaceFile(path: string, text: string | null): Promise<void> {
  try {
    const target = text === null ? path : await behindLinks(path);
    if (text === null) await rm(target, { force: true });
    else await renameInto(target, text);
    await syncFolder(dirname(target));
  } catch (error) {
    throw fileError("write", path, error);
  }
}

async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return path;
    throw error;
  }
}

/** The leading dot keeps the loader away from it, and the process's number other processes. */
async function renameInto(target: string, text: string): Promise<void> {
  const temporary = join(dirname(target), `.whale-${process.pid}.tmp`);
  try {
    await writeSynced(temporary, text, await modeOf(target));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return NEW_FILE_MODE;
    throw error;
  }
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, "w", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Without it a power cut may bring back the old name. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function fileError(deed: "read" | "write", path: string, cause: unknown): ChatOpsError {
  const code = errorCode(cause);
  return new ChatOpsError(`cannot ${deed} ${basename(path)} in WHALE_HOME: ${code}`, {
    code: `files.${deed}_failed`,
    retryable: ["ENOSPC", "EDQUOT", "EMFILE", "EIO"].includes(code),
    cause,
  });
}

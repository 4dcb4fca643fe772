import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ChatOpsError, errorCode } from "../../core/errors.ts";

/** A file of the data folder by which the command line finds the process that runs on it. */
export interface LocalFile {
  name: string;
  /** How errors call it, in Chinese and English. */
  zh: string;
  en: string;
  /** Begins the codes of its errors. */
  code: string;
}

/**
 * Writes a local file, readable by its owner alone, in the place of the one before. A reader sees one or the
 * other, never a part. To be called by the process that holds the folder's lock.
 */
export async function writeLocalFile(dataDir: string, file: LocalFile, text: string): Promise<void> {
  const path = join(dataDir, file.name);
  const fresh = `${path}.new`;
  try {
    // What a crash has left there may belong to others or be a link; a new file is neither.
    await rm(fresh, { force: true });
    const opened = await open(fresh, "wx", 0o600);
    await opened.writeFile(text).finally(() => opened.close());
    await rename(fresh, path);
  } catch (cause) {
    const message = `写不了${file.zh} (cannot write ${file.en}): ${path}: ${errorCode(cause)}`;
    throw new ChatOpsError(message, { code: `${file.code}.not_written`, cause });
  }
}

/** The text of a local file. Fails with `….unreadable`. */
export async function readLocalFile(dataDir: string, file: LocalFile): Promise<string> {
  const path = join(dataDir, file.name);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const message = `读不到${file.zh}：Whale 没有在运行，或您不是运行它的用户 (cannot read ${file.en}: Whale does not run, or as another user): ${path}: ${errorCode(cause)}`;
    throw new ChatOpsError(message, { code: `${file.code}.unreadable`, cause });
  }
}

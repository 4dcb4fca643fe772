import { type LocalFile, readLocalFile, writeLocalFile } from "./file.ts";

const FILE: LocalFile = { name: "local-token", zh: "本机令牌", en: "the local token", code: "local_token" };

/**
 * Puts the token of this run into the data folder, readable by its owner alone, in the place of the one before.
 * A reader sees one or the other, never a part. To be called by the process that holds the folder's lock.
 */
export function writeLocalToken(dataDir: string, token: string): Promise<void> {
  return writeLocalFile(dataDir, FILE, token);
}

/** The token of the process that runs on a data folder. Fails with `local_token.unreadable` when it cannot be read. */
export function readLocalToken(dataDir: string): Promise<string> {
  return readLocalFile(dataDir, FILE);
}

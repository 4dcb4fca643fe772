import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import { errorCode } from "./home-folders.ts";

const NAME = "local-token";

/**
 * Puts the token of this run into the data folder, readable by its owner alone, in the place of the one before.
 * A reader sees one or the other, never a part. To be called by the process that holds the folder's lock.
 */
export async function writeLocalToken(dataDir: string, token: string): Promise<void> {
  const path = join(dataDir, NAME);
  const fresh = `${path}.new`;
  try {
    // What a crash has left there may belong to others or be a link; a new file is neither.
    await rm(fresh, { force: true });
    const file = await open(fresh, "wx", 0o600);
    await file.writeFile(token).finally(() => file.close());
    await rename(fresh, path);
  } catch (cause) {
    const message = `写不了本机令牌 (cannot write the local token): ${path}: ${errorCode(cause)}`;
    throw new ChatOpsError(message, { code: "local_token.not_written", cause });
  }
}

/** The token of the process that runs on a data folder. Fails with `local_token.unreadable` when it cannot be read. */
export async function readLocalToken(dataDir: string): Promise<string> {
  const path = join(dataDir, NAME);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const message = `读不到本机令牌：Whale 没有在运行，或您不是运行它的用户 (cannot read the local token: Whale does not run, or as another user): ${path}: ${errorCode(cause)}`;
    throw new ChatOpsError(message, { code: "local_token.unreadable", cause });
  }
}

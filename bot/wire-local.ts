import { readLocalAddress, readLocalToken } from "../adapters/local/index.ts";

/** Where the process that runs on a data folder is reached, and by what token. Fails when there is none. */
export async function localAccess(dataDir: string): Promise<{ origin: string; token: string }> {
  return { origin: await readLocalAddress(dataDir), token: await readLocalToken(dataDir) };
}

import { ChatOpsError } from "../../core/errors.ts";
import { type LocalFile, readLocalFile, writeLocalFile } from "./file.ts";

const FILE: LocalFile = {
  name: "process-name",
  zh: "进程名",
  en: "the name of the process",
  code: "process_name",
};

/**
 * The name under which every process that ran on a data folder holds leases: one that starts again takes up at once
 * what the one before held. `fresh` becomes the name when the folder has none yet. To be called by the process that
 * holds the folder's lock, as two that run at the same time must never have one name.
 */
export async function processName(dataDir: string, fresh: string): Promise<string> {
  const known = await readLocalFile(dataDir, FILE).catch((error: unknown) => {
    if (error instanceof ChatOpsError) return "";
    throw error;
  });
  if (known !== "") return known;
  await writeLocalFile(dataDir, FILE, fresh);
  return fresh;
}

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import { type StoreStanding, standingFault, UNTOUCHED } from "../../core/transfer/standing.ts";
import { openError } from "./errors.ts";

/** A file of its own, because it holds for all files of the folder and must be readable by people. */
const FILE = "whale.standing.json";

/** What a transfer has made of the stores of a folder. */
export function readStanding(dataDir: string): StoreStanding {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), "utf8")) as StoreStanding;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return UNTOUCHED;
    throw openError(dataDir, cause);
  }
}

/** Marks the stores of a folder, durably when it returns; whole or not at all. */
export function writeStanding(dataDir: string, standing: StoreStanding): void {
  const file = join(dataDir, FILE);
  if (standing.state === "in_force" && standing.transferId === null) rmSync(file, { force: true });
  else {
    writeFileSync(`${file}.new`, `${JSON.stringify(standing)}\n`, { flush: true, mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  syncFolder(dataDir);
}

function syncFolder(dataDir: string): void {
  const folder = openSync(dataDir, "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Throws `store.not_in_force` for a folder that a transfer has left or not finished. */
export function requireInForce(dataDir: string): void {
  const fault = standingFault(readStanding(dataDir), `the data folder ${dataDir}`);
  if (fault !== null) throw new ChatOpsError(fault, { code: "store.not_in_force", reached: "no" });
}

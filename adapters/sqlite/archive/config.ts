import type { Logger } from "../../../core/ports/index.ts";
import { badOption } from "./errors.ts";

/** What the embedded archive needs. */
export interface ArchiveOptions {
  /** Folder of `archive.db`; made when absent. */
  dataDir: string;
  log: Logger;
  /** The numeric fields of `detail` that can be searched by range, as the event types in force declare them. Default none. */
  numericFields?: () => readonly string[];
  /** How long one request to the worker thread may take before its caller gets an error, in ms. Default 60 s. */
  timeoutMs?: number;
}

/** Fills in the defaults. Throws `archive.bad_option`, naming option and value. */
export function checkOptions(options: ArchiveOptions): Required<ArchiveOptions> {
  const { timeoutMs = 60_000, numericFields = () => [] } = options;
  if (options.dataDir === "") throw badOption("dataDir", '""', "the path of a folder");
  if (!Number.isInteger(timeoutMs) || timeoutMs <= 0 || timeoutMs >= 2 ** 31) {
    throw badOption("timeoutMs", timeoutMs, "a whole number of milliseconds from 1 to 2147483647");
  }
  return { ...options, timeoutMs, numericFields };
}

import { ChatOpsError } from "../../core/errors.ts";
import { type Environment, formatFaults } from "./config.ts";
import { maxRepoBytes } from "./images.ts";
import { configReader } from "./reader.ts";

/** The largest repository that is fetched, for commands that need nothing else. Throws `config.invalid`. */
export function readMaxRepo(env: Environment): number {
  const read = configReader(env, () => null);
  const bytes = maxRepoBytes(read);
  if (read.faults.length === 0) return bytes;
  throw new ChatOpsError(formatFaults(read.faults), { code: "config.invalid" });
}

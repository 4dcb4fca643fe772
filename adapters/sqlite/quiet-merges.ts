import { setTimeout as pause } from "node:timers/promises";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import type { Checkpoints } from "./checkpoint.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { KeyIndex } from "./key-index.ts";

/**
 * Brings rows of the index from memory to its tables, some at a time and in moments when no write waits and the log is not
 * copied. A burst is taken in first; only when too much of it is in memory does each commit wait for a few rows of an
 * earlier one.
 */
export interface QuietMerges {
  /** A transaction was committed. */
  committed(): void;
  /** Nothing begins any more. */
  close(): void;
}

export interface QuietMergesParts {
  index: Pick<KeyIndex, "waiting" | "learnSome" | "merge">;
  commits: Pick<GroupCommit, "writeUnsynced" | "waits">;
  copies: Pick<Checkpoints, "busy">;
  log: Logger;
}

/** From so many rows on they are brought to their tables: the more at once, the fewer pages for each. */
const MERGE_FROM = 120_000;
/** From so many on nothing waits for a quiet moment; they take some 10 MB, as many again may be on their way. */
const HURRY_FROM = 180_000;
/** How often a quiet moment is looked for. */
const LOOK_MS = 2;

/** Begins with learning which keys are stored. */
export function quietMerges({ index, commits, copies, log }: QuietMergesParts): QuietMerges {
  let closed = false;
  let running = false;
  const isBusy = () => commits.waits() || copies.busy();
  const quiet = async (): Promise<void> => {
    while (!closed && isBusy() && index.waiting() < HURRY_FROM) await pause(LOOK_MS);
  };
  const learn = async (): Promise<void> => {
    while (!closed && index.learnSome()) await pause(LOOK_MS).then(quiet);
  };
  const merge = async (): Promise<void> => {
    await index.merge((job) => quiet().then(() => commits.writeUnsynced(job)));
    await learn();
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    running = true;
    await work().catch((cause: unknown) => {
      if (!closed) log.warn({ reason: errorText(cause) }, "rows wait on in memory");
    });
    running = false;
  };
  void run(learn);
  return {
    committed: () => {
      if (!closed && !running && index.waiting() >= MERGE_FROM) void run(merge);
    },
    close: () => {
      closed = true;
    },
  };
}

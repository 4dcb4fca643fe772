import { Worker } from "node:worker_threads";
import { errorText } from "../../core/errors.ts";
import type { Logger } from "../../core/ports/index.ts";
import { type Database, LOG_PAGES } from "./database.ts";
import { threadOptions } from "./thread-options.ts";

/**
 * Copies the write-ahead log back to the database while writes go on. Left to SQLite, the commit that makes the
 * log too long does it all, and whoever waits for that commit waits for tens of megabytes to reach the disk. So a
 * thread of its own does it again and again, and that commit finds nothing left to do.
 */
export interface Checkpoints {
  /** A transaction was committed. */
  committed(): void;
  /** Whether a copy is under way. */
  busy(): boolean;
  /** Settles when the thread has ended. No checkpoint begins any more. */
  close(): Promise<void>;
}

/**
 * So many changed rows are 500 to 2,000 pages of the log. A commit's sync waits for what was copied at the same time,
 * so that less at once is shorter waits.
 */
const ROWS = 1_000;
/** From so many pages on the log is to begin anew, which it does only when nothing of it is left to be copied. */
const LONG_PAGES = 8_000;
/** From so many on, 128 MB, a commit copies the log itself although the thread works, which then is too slow. */
const LAST_RESORT_PAGES = 32_000;

// The same file as source and as built program, beside this one.
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./checkpoint-worker.ts" : "./checkpoint-worker.js",
  import.meta.url,
);

/** `db` is the one writer of `file`. The thread begins with the first checkpoint: a small store needs none. */
export function checkpoints(db: Database, file: string, log: Logger): Checkpoints {
  commitsCopyFrom(db, LAST_RESORT_PAGES);
  let copied = changesOf(db);
  let thread: Worker | null = null;
  let busy = false;
  /** No copy begins any more. */
  let over = false;
  /** What was written while the thread copied is little. */
  const copyRest = (): void => {
    try {
      copyLog(db);
    } catch (cause) {
      log.warn({ reason: errorText(cause) }, "the log is copied later");
    }
  };
  const copy = (): void => {
    busy = true;
    copied = changesOf(db);
    thread ??= begin();
    thread.postMessage("copy");
  };
  const begin = (): Worker => {
    const started = new Worker(WORKER, threadOptions(file));
    started.unref();
    started.on("message", (pages: number) => {
      busy = false;
      if (pages >= LONG_PAGES && !over) copyRest();
    });
    started.on("error", (cause) => {
      thread = null;
      busy = false;
      over = true;
      commitsCopyFrom(db, LOG_PAGES);
      log.warn({ reason: errorText(cause) }, "commits copy the log themselves from now on");
    });
    return started;
  };
  return {
    committed: () => {
      if (!busy && !over && changesOf(db) - copied >= ROWS) copy();
    },
    busy: () => busy,
    close: async () => {
      over = true;
      if (thread) await ended(thread);
    },
  };
}

/** Once no more than this was written while it copied, a copy is as good as complete. */
const FEW_PAGES = 200;
const MOST_COPIES = 4;

/** Copies; when the log is long, also what was written meanwhile, until that is little. Tells how many pages it has. */
export function copyGrowingLog(db: Database): number {
  let pages = copyLog(db);
  for (let copies = 1; copies < MOST_COPIES && pages >= LONG_PAGES; copies++) {
    const before = pages;
    pages = copyLog(db);
    if (pages - before <= FEW_PAGES) break;
  }
  return pages;
}

/** Copies as much as nobody still reads in the log, and tells how many pages it has. */
export function copyLog(db: Database): number {
  return db.get<{ log: number }>("PRAGMA wal_checkpoint(PASSIVE)")?.log ?? 0;
}

function ended(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    thread.on("exit", () => resolve());
    thread.ref();
    thread.postMessage("end");
  });
}

function commitsCopyFrom(db: Database, pages: number): void {
  db.script(`PRAGMA wal_autocheckpoint = ${pages}`);
}

function changesOf(db: Database): number {
  return db.get<{ changes: number }>("SELECT total_changes() AS changes")?.changes ?? 0;
}

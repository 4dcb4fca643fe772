import type { WhaleEvent } from "../../../core/events/index.ts";
import type { Archive, Logger } from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import { type ArchiveOptions, checkOptions } from "./config.ts";
import type { StoredPage } from "./search.ts";
import type { Poisoned } from "./shelf.ts";
import { createWorkerClient } from "./worker-client.ts";

/** An archive that holds a worker thread and a file. */
export type OpenArchive = Archive & {
  /** Finishes what was asked, closes the file and ends the thread. Later calls throw `archive.closed`. */
  close(): Promise<void>;
};

// The same file as source and as built program, beside this one.
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/**
 * Opens the embedded archive: `archive.db` in the data folder, worked on by a thread of its own so that no
 * search holds up the process. Throws `archive.bad_option`, `archive.newer_version`, `archive.corrupt` or
 * `archive.failed`. What its last moments lose in a power cut the journal gives again.
 */
export async function openArchive(options: ArchiveOptions): Promise<OpenArchive> {
  const { dataDir, log, timeoutMs } = checkOptions(options);
  const worker = createWorkerClient({ url: WORKER, workerData: { dataDir }, timeoutMs, log });
  try {
    await worker.ask("open");
  } catch (cause) {
    await worker.close();
    throw cause;
  }
  return {
    write: async (batch) => report(log, (await worker.ask("write", batch)) as Poisoned[]),
    get: async (id) => {
      const body = (await worker.ask("get", id)) as string | null;
      return body === null ? null : (JSON.parse(body) as WhaleEvent);
    },
    verdicts: async (eventId) => {
      const bodies = (await worker.ask("verdicts", eventId)) as string[];
      return bodies.map((body) => JSON.parse(body) as Verdict);
    },
    search: async (query) => {
      const { bodies, next } = (await worker.ask("search", query)) as StoredPage;
      return { events: bodies.map((body) => JSON.parse(body) as WhaleEvent), next };
    },
    count: async () => (await worker.ask("count")) as number,
    close: () => worker.close(),
  };
}

function report(log: Logger, poisoned: readonly Poisoned[]): void {
  for (const { eventId, kept, problem } of poisoned) {
    log.warn({ eventId, kept, problem }, "event could not be archived whole");
  }
}

import type { AuditEntry } from "../../../core/audit/index.ts";
import { rangesFault, type WhaleEvent } from "../../../core/events/index.ts";
import type {
  Archive,
  ArchiveConnection,
  ArchiveCounts,
  ArchiveFilter,
  ArchiveRetention,
  AuditCopy,
  DeadLetters,
  EntryCopier,
  Logger,
  Retried,
} from "../../../core/ports/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";
import type { AuditText } from "./audit.ts";
import { type Batch, batchOf, joined, type Poisoned } from "./batch.ts";
import { type ArchiveOptions, checkOptions } from "./config.ts";
import type { Copied, CopyStep } from "./copy.ts";
import { type LetterRow, letterOf, type RetryStep, type retryStep, type Unfit } from "./dead-letters.ts";
import { badQuery } from "./errors.ts";
import type { ForgetStep, Forgotten } from "./forget.ts";
import { gatherWrites } from "./gather.ts";
import type { StoredPage } from "./search.ts";
import { createWorkerClient, type WorkerClient } from "./worker-client.ts";

/** An archive that holds a worker thread and a file. */
export type OpenArchive = Archive &
  EntryCopier & {
    /** Finishes what was asked, closes the file and ends the thread. Later calls throw `archive.closed`. */
    close(): Promise<void>;
  };

// The same file as source and as built program, beside this one.
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/**
 * Opens the embedded archive: `archive.db` in the data folder. One thread of its own writes it; another, which
 * starts with the first question, reads it, so that no search holds up the process or the writes. Throws
 * `archive.bad_option`, `archive.newer_version`, `archive.corrupt` or `archive.failed`. What its last moments
 * lose in a power cut the journal gives again.
 */
export async function openArchive(options: ArchiveOptions): Promise<OpenArchive> {
  const { dataDir, log, timeoutMs, numericFields } = checkOptions(options);
  const thread = { url: WORKER, workerData: { dataDir }, timeoutMs, log };
  const [writer, reader] = [createWorkerClient(thread), createWorkerClient(thread)];
  try {
    await writer.ask("open");
  } catch (cause) {
    await writer.close();
    throw cause;
  }
  const writes = gatherWrites<Batch>(async (batches) => {
    reportDead(log, (await writer.ask("write", joined(batches))) as Unfit[]);
  });
  return {
    write: async (given) => {
      const { batch, poisoned } = batchOf(given);
      report(log, poisoned);
      await writes.write(batch);
    },
    copy: async (partitions, limit) => {
      const step: CopyStep = { partitions, limit };
      const { entries, unfit } = (await writer.ask("copy", step)) as Copied;
      reportDead(log, unfit);
      return entries;
    },
    forget: (retention, nowMs) => forget(writer, retention, nowMs),
    count: async () => (await writer.ask("count")) as number,
    deadLetters: deadLettersOver(writer, reader),
    audit: auditOver(writer, reader),
    ...reading(reader, numericFields),
    close: async () => {
      await writes.idle();
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}

type Reading = Pick<Archive, "get" | "verdicts" | "search" | "aggregate" | "overview">;

function reading(reader: WorkerClient, numericFields: () => readonly string[]): Reading {
  return {
    get: async (id) => {
      const body = (await reader.ask("get", id)) as string | null;
      return body === null ? null : (JSON.parse(body) as WhaleEvent);
    },
    verdicts: async (eventId) => {
      const bodies = (await reader.ask("verdicts", eventId)) as string[];
      return bodies.map((body) => JSON.parse(body) as Verdict);
    },
    search: async (query) => {
      checkNumbers(query, numericFields());
      const { bodies, next } = (await reader.ask("search", query)) as StoredPage;
      return { events: bodies.map((body) => JSON.parse(body) as WhaleEvent), next };
    },
    aggregate: async (filter, grouping) => {
      checkNumbers(filter, numericFields());
      return (await reader.ask("aggregate", [filter, grouping])) as ArchiveCounts;
    },
    overview: async () => (await reader.ask("overview")) as ArchiveConnection[],
  };
}

function checkNumbers({ numbers = {} }: ArchiveFilter, numericFields: readonly string[]): void {
  const fault = rangesFault(numbers, numericFields);
  if (fault) throw badQuery(fault.name, fault.value, fault.wants);
}

function auditOver(writer: WorkerClient, reader: WorkerClient): AuditCopy {
  return {
    write: async (entries) => {
      const texts: AuditText[] = entries.map((entry) => ({ seq: entry.seq, body: JSON.stringify(entry) }));
      await writer.ask("writeAudit", texts);
    },
    position: async () => (await reader.ask("auditPosition")) as number,
    read: async (after, limit) => {
      const bodies = (await reader.ask("readAudit", { after, limit })) as string[];
      return bodies.map((body) => JSON.parse(body) as AuditEntry);
    },
  };
}

function deadLettersOver(writer: WorkerClient, reader: WorkerClient): DeadLetters {
  return {
    count: async () => (await reader.ask("countLetters")) as number,
    list: async (limit) => ((await reader.ask("listLetters", limit)) as LetterRow[]).map(letterOf),
    get: async (id) => {
      const row = (await reader.ask("getLetter", id)) as LetterRow | null;
      return row && letterOf(row);
    },
    retry: (id) => retry(writer, id === undefined ? { after: "" } : { id }),
  };
}

async function retry(writer: WorkerClient, first: RetryStep): Promise<Retried> {
  const all: Retried = { stored: 0, left: 0 };
  let step: RetryStep | null = first;
  while (step !== null) {
    const { stored, left, next } = (await writer.ask("retryLetters", step)) as ReturnType<typeof retryStep>;
    all.stored += stored;
    all.left += left;
    step = next === null ? null : { after: next };
  }
  return all;
}

/** Step by step, so that writes find their turn in between. */
async function forget(writer: WorkerClient, retention: ArchiveRetention, nowMs: number): Promise<number> {
  let events = 0;
  let from: string | null = "0";
  while (from !== null) {
    const step: ForgetStep = { retention, nowMs, from };
    const forgotten = (await writer.ask("forget", step)) as Forgotten;
    events += forgotten.events;
    from = forgotten.next;
  }
  return events;
}

function report(log: Logger, poisoned: readonly Poisoned[]): void {
  for (const fields of poisoned) log.error({ ...fields }, "could not be archived and is lost: it is no JSON");
}

function reportDead(log: Logger, unfit: readonly Unfit[]): void {
  for (const { eventId, problem } of unfit)
    log.warn({ eventId, problem }, "could not be archived and is among the dead letters");
}

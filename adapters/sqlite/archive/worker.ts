import { parentPort, workerData } from "node:worker_threads";
import type { ArchiveFilter, ArchiveGrouping, ArchiveQuery } from "../../../core/ports/index.ts";
import type { Database } from "../database.ts";
import type { AuditText } from "./audit.ts";
import type { Batch } from "./batch.ts";
import { batchOfRows, type Copied, type CopyStep, openJournal, unreadEntries } from "./copy.ts";
import type { RetryStep } from "./dead-letters.ts";
import { faultOf } from "./errors.ts";
import type { ForgetStep } from "./forget.ts";
import type { WorkerReply, WorkerRequest } from "./protocol.ts";
import { openShelf, type Shelf } from "./shelf.ts";

const { dataDir } = workerData as { dataDir: string };
let opened: Shelf | null = null;
let journal: Database | null = null;

// Opened by the first question, so that its failure is that question's answer.
function shelf(): Shelf {
  opened ??= openShelf(dataDir);
  return opened;
}

function copy(step: CopyStep): Copied {
  journal ??= openJournal(dataDir);
  const unread = unreadEntries(journal, step);
  const batch = batchOfRows(unread.flatMap(({ rows }) => rows));
  const unfit = unread.length === 0 ? [] : shelf().write(batch);
  return { unfit, entries: unread.map(({ rows: _, ...copied }) => copied) };
}

function answer({ op, input }: WorkerRequest): unknown {
  switch (op) {
    case "open":
      return shelf().count() >= 0;
    case "write":
      return shelf().write(input as Batch);
    case "copy":
      return copy(input as CopyStep);
    case "get":
      return shelf().get(input as string);
    case "verdicts":
      return shelf().verdicts(input as string);
    case "search":
      return shelf().search(input as ArchiveQuery);
    case "aggregate":
      return shelf().aggregate(...(input as [ArchiveFilter, ArchiveGrouping]));
    case "overview":
      return shelf().overview();
    case "forget":
      return shelf().forget(input as ForgetStep);
    case "countLetters":
      return shelf().countLetters();
    case "listLetters":
      return shelf().listLetters(input as number);
    case "getLetter":
      return shelf().getLetter(input as string);
    case "retryLetters":
      return shelf().retryLetters(input as RetryStep);
    case "writeAudit":
      return shelf().writeAudit(input as AuditText[]);
    case "auditPosition":
      return shelf().auditPosition();
    case "readAudit":
      return shelf().readAudit(input as { after: number; limit: number });
    case "count":
      return shelf().count();
    case "close":
      journal?.close();
      return opened?.close();
    default:
      throw new TypeError(`unknown request "${op}"`);
  }
}

function reply(request: WorkerRequest): WorkerReply {
  try {
    return { id: request.id, ok: true, output: answer(request) };
  } catch (thrown) {
    return { id: request.id, ok: false, fault: faultOf(thrown) };
  }
}

parentPort?.on("message", (request: WorkerRequest) => parentPort?.postMessage(reply(request)));

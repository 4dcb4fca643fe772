import { ChatOpsError, errorText, isChatOpsError } from "../../../core/errors.ts";
import { resultCode } from "../errors.ts";

const BUSY = 5;
const NO_MEMORY = 7;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const NO_DATABASE = 26;

/** A failure as it travels from the worker thread, where error objects would lose their fields. */
export interface Fault {
  code: string;
  message: string;
  retryable: boolean;
}

/** What the worker tells of a thrown value. */
export function faultOf(thrown: unknown): Fault {
  if (isChatOpsError(thrown)) {
    return { code: thrown.code, message: thrown.message, retryable: thrown.retryable };
  }
  const result = resultCode(thrown);
  const message = `the archive failed: ${errorText(thrown)}`;
  if (result === CORRUPT || result === NO_DATABASE) {
    return { code: "archive.corrupt", message, retryable: false };
  }
  return { code: "archive.failed", message, retryable: [BUSY, NO_MEMORY, IO_ERROR, FULL].includes(result) };
}

/** The error for a failure that the worker told of. */
export function faultError(fault: Fault): ChatOpsError {
  return new ChatOpsError(fault.message, { code: fault.code, retryable: fault.retryable });
}

/** No answer of the worker in time. It may still do what it was asked. */
export function timeoutError(op: string, timeoutMs: number): ChatOpsError {
  const text = `the archive did not answer "${op}" within ${timeoutMs} ms`;
  return new ChatOpsError(text, { code: "archive.timeout", retryable: true });
}

/** The worker ended before it answered. */
export function crashedError(op: string, cause: unknown): ChatOpsError {
  const text = `the archive's worker ended before it answered "${op}"`;
  return new ChatOpsError(text, { code: "archive.crashed", retryable: true, cause });
}

/** The archive was closed before the call, or while it waited. */
export function closedError(): ChatOpsError {
  return new ChatOpsError("the archive is closed", { code: "archive.closed", reached: "no" });
}

/** A query that cannot be answered as it stands. */
export function badQuery(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `archive query: ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "archive.bad_query", reached: "no" });
}

/** An option of the archive has a value that cannot be. */
export function badOption(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `archive option ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "archive.bad_option", reached: "no" });
}

/** The file was written by a later release. */
export function newerError(found: number, known: number): ChatOpsError {
  const text = `archive.db has schema version ${found}, this release knows ${known}: run a newer Whale`;
  return new ChatOpsError(text, { code: "archive.newer_version", reached: "no" });
}

/** There is nothing to read. */
export function absentError(file: string): ChatOpsError {
  const text = `没有归档 ${file}：Whale 还没有在这个数据目录上运行过，或 WHALE_HOME、WHALE_DATA 指错了 (there is no archive: no Whale has run on this data folder yet, or WHALE_HOME or WHALE_DATA names another)`;
  return new ChatOpsError(text, { code: "archive.absent", reached: "no" });
}

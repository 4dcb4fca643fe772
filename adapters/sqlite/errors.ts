import { ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";

const BUSY = 5;
const NO_MEMORY = 7;
const IO_ERROR = 10;
const FULL = 13;
const PASSING = new Set([BUSY, NO_MEMORY, IO_ERROR, FULL]);

/** SQLite's primary result code of a thrown value; 0 when it is none of SQLite's. */
export function resultCode(thrown: unknown): number {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return 0;
  return typeof thrown.errcode === "number" ? thrown.errcode & 0xff : 0;
}

/** Whether another connection stands in the way. */
export function isBusy(thrown: unknown): boolean {
  return resultCode(thrown) === BUSY;
}

/** Another process, or another store of this one, holds the folder. */
export function lockedError(dataDir: string, cause: unknown): ChatOpsError {
  const zh = `数据目录 ${dataDir} 正被另一个 Whale 使用，先停掉它`;
  return new ChatOpsError(
    `${zh} (the data folder ${dataDir} is in use by another Whale: stop that one first)`,
    {
      code: "store.locked",
      retryable: true,
      reached: "no",
      cause,
    },
  );
}

/** The folder or its files cannot be used. */
export function openError(dataDir: string, cause: unknown): ChatOpsError {
  if (isChatOpsError(cause)) return cause;
  const text = `cannot open the store in ${dataDir}: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.open_failed", reached: "no", cause });
}

/** The data was written by a later release. */
export function newerError(found: number, known: number): ChatOpsError {
  const text = `the store has schema version ${found}, this release knows up to ${known}: run a newer Whale`;
  return new ChatOpsError(text, { code: "store.newer_version", reached: "no" });
}

/** An option of the store has a value that cannot be. */
export function optionError(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `store option ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "store.bad_option", reached: "no" });
}

/** The store was closed before the call. */
export function closedError(): ChatOpsError {
  return new ChatOpsError("the store is closed", { code: "store.closed", reached: "no" });
}

/**
 * A whole group could not be committed. `reached` stays `maybe`: a commit that failed while syncing may
 * still be found by the recovery after a crash.
 */
export function groupError(cause: unknown): ChatOpsError {
  const text = `the store could not commit: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.write_failed", retryable: true, cause });
}

/** One job failed and was undone alone; trying again helps only against a lack of room or a busy file. */
export function jobError(cause: unknown): ChatOpsError {
  if (isChatOpsError(cause)) return cause;
  const passing = PASSING.has(resultCode(cause));
  const text = `the store could not write: ${errorText(cause)}`;
  const code = passing ? "store.write_failed" : "store.write_refused";
  return new ChatOpsError(text, { code, retryable: passing, reached: "no", cause });
}

/** A query failed. */
export function readError(cause: unknown): ChatOpsError {
  if (isChatOpsError(cause)) return cause;
  const retryable = PASSING.has(resultCode(cause));
  const text = `the store could not read: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.read_failed", retryable, reached: "no", cause });
}

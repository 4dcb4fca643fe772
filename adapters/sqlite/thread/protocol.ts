import { ChatOpsError, errorText, isChatOpsError } from "../../../core/errors.ts";
import type { Queue } from "../../../core/ports/index.ts";

/** The ports that the thread serves, and what else it is asked. */
export type Served =
  | "journal"
  | "inbox"
  | "taskRows"
  | "outboxRows"
  | "throttle"
  | "audit"
  | "configs"
  | "replays"
  | "leases"
  | "state"
  | "store";

export type Call = [id: number, served: Served, method: string, args: readonly unknown[]];

/** Everything that was asked within one turn of the process, and the time there. */
export interface Asking {
  nowMs: number;
  calls: Call[];
}

export type Reply = [id: number, ok: true, value: unknown] | [id: number, ok: false, fault: Fault];

/** What the thread says: first that it is open, or why not; then answers, wakes and log lines. */
export type Telling =
  | { kind: "open"; partitions: number }
  | { kind: "refused"; fault: Fault }
  | { kind: "replies"; replies: Reply[] }
  | { kind: "wake"; queue: Queue }
  | { kind: "log"; level: "debug" | "info" | "warn" | "error"; fields: object; message: string };

/** An error as it travels between threads, where objects would lose their class. */
export interface Fault {
  code: string;
  message: string;
  retryable: boolean;
  reached: "no" | "maybe";
}

/** What the thread tells of a thrown value. */
export function faultOf(thrown: unknown): Fault {
  if (!isChatOpsError(thrown)) {
    return { code: "store.failed", message: errorText(thrown), retryable: false, reached: "maybe" };
  }
  const { code, message, retryable, reached } = thrown;
  return { code, message, retryable, reached };
}

/** The error for what the thread told. */
export function faultError({ message, ...facts }: Fault): ChatOpsError {
  return new ChatOpsError(message, facts);
}

/** The thread ended by itself: what it was asked may or may not be done. */
export function crashedError(cause: unknown): ChatOpsError {
  const text = `the store's thread has ended: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.crashed", retryable: true, cause });
}

import { ChatOpsError, errorText, isChatOpsError } from "../../core/errors.ts";

/** Beginnings of the server's error replies that pass by themselves or by an operator's hand. */
const PASSING = [
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "NOREPLICAS",
  "READONLY",
  "TRYAGAIN",
  "UNBLOCKED",
] as const;

/** Whether the server itself said so, and the connection is as it was. */
export function isReply(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === "ReplyError";
}

/** The first word of a server's error reply, in capitals; empty when the error is none of the server's. */
export function replyCode(thrown: unknown): string {
  if (!isReply(thrown)) return "";
  // A script's failure carries the reply of the command that failed inside it.
  return /^(?:ERR Error running script.*?)?-?([A-Z]+)\b/.exec(thrown.message)?.[1] ?? "";
}

/** Whether the server does not know a script, after a restart or a flush. */
export function isUnknownScript(thrown: unknown): boolean {
  return replyCode(thrown) === "NOSCRIPT";
}

/** An option of the store has a value that cannot be. */
export function optionError(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `store option ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "store.bad_option", reached: "no" });
}

/** A number in what is to be stored is none; nothing is stored. */
export function valueError(name: string, value: number): ChatOpsError {
  const text = `${name} is ${value}, it must be a number`;
  return new ChatOpsError(text, { code: "store.bad_value", reached: "no" });
}

/** The server may throw data away by itself. */
export function evictionError(policy: string): ChatOpsError {
  const text = `Redis has maxmemory-policy ${policy} and would throw events and tasks away when its memory is full: set maxmemory-policy noeviction`;
  return new ChatOpsError(text, { code: "store.bad_settings", reached: "no" });
}

/** The data was written by a later release. */
export function newerError(found: string, known: number): ChatOpsError {
  const text = `the store has schema version ${found}, this release knows ${known}: run a newer Whale`;
  return new ChatOpsError(text, { code: "store.newer_version", reached: "no" });
}

/** The store was closed before the call. */
export function closedError(): ChatOpsError {
  return new ChatOpsError("the store is closed", { code: "store.closed", reached: "no" });
}

/** What a server says to who may not come in. */
const SHUT_OUT: readonly string[] = ["WRONGPASS", "NOAUTH", "NOPERM"];

/** No connection within the time of a call, or the server did not let it in; nothing was sent. */
export function unreachableError(servers: string, thrown?: unknown): ChatOpsError {
  const cause = thrown === undefined ? undefined : withoutCall(thrown);
  if (SHUT_OUT.includes(replyCode(thrown))) {
    const text = `Redis at ${servers} does not let this process in: ${cause?.message} Check REDIS_USER and REDIS_PASSWORD`;
    return new ChatOpsError(text, { code: "store.refused", reached: "no", cause });
  }
  const why = cause ? `: ${cause.message}` : "";
  const text = `Redis at ${servers} cannot be reached${why}`;
  return new ChatOpsError(text, { code: "store.unreachable", retryable: true, reached: "no", cause });
}

/** A write is on the master's disk, but no replica has confirmed it in time. */
export function unreplicatedError(): ChatOpsError {
  const text = "no Redis replica has confirmed the write in time";
  return new ChatOpsError(text, { code: "store.not_replicated", retryable: true });
}

/** A delivery has something in it that cannot be an event; nothing of it is stored. */
export function undecidedError(cause: unknown): ChatOpsError {
  const text = `the delivery cannot be stored: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.undecided", reached: "no", cause });
}

/** Others changed the same things again and again; the next try may go through. */
export function contendedError(): ChatOpsError {
  const text = "the delivery met others of the same incident too often";
  return new ChatOpsError(text, { code: "store.contended", retryable: true, reached: "no" });
}

/** The client's errors carry the whole call, with bodies of events or the password in it. */
function withoutCall(thrown: unknown): Error {
  const error = new Error(errorText(thrown));
  if (thrown instanceof Error) error.name = thrown.name;
  return error;
}

/** A call failed after it was sent. */
export function callError(thrown: unknown): ChatOpsError {
  if (isChatOpsError(thrown)) return thrown;
  const code = replyCode(thrown);
  const cause = withoutCall(thrown);
  if (code === "OOM") {
    const text = "Redis has no memory left (maxmemory reached): give it more or trim";
    return new ChatOpsError(text, { code: "store.full", retryable: true, cause });
  }
  if (PASSING.some((one) => one === code)) {
    const text = `Redis could not do it now: ${errorText(cause)}`;
    return new ChatOpsError(text, { code: "store.write_failed", retryable: true, cause });
  }
  if (code !== "") {
    return new ChatOpsError(`Redis refused: ${errorText(cause)}`, { code: "store.refused", cause });
  }
  const text = `the answer of Redis was lost: ${errorText(cause)}`;
  return new ChatOpsError(text, { code: "store.unreachable", retryable: true, cause });
}

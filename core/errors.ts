/** What a `ChatOpsError` carries beside its text. Nobody reads message text to decide. */
export interface ErrorFacts {
  /** Stable word for the kind of failure, for example `wecom.unreachable`. */
  code: string;
  /** Whether the same call may succeed later. */
  retryable?: boolean;
  /** Wait this long before the next try, in milliseconds; implies `retryable`. */
  retryAfterMs?: number;
  /**
   * Whether the request can have reached the other side: `no` only when that is proved
   * (name not found, connection refused, TLS refused), else `maybe`.
   */
  reached?: "no" | "maybe";
  cause?: unknown;
}

/** The one error class of the product. The thrower knows whether retrying helps; the queue obeys. */
export class ChatOpsError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly reached: "no" | "maybe";

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "ChatOpsError";
    this.code = facts.code;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = facts.retryable ?? facts.retryAfterMs !== undefined;
    this.reached = facts.reached ?? "maybe";
  }
}

/** Narrows an unknown thrown value. */
export function isChatOpsError(value: unknown): value is ChatOpsError {
  return value instanceof ChatOpsError;
}

/** Whether trying again cannot help. */
export function isFinal(error: unknown): error is ChatOpsError {
  return isChatOpsError(error) && !error.retryable;
}

/** The text of any thrown value, for logs and stored reasons. */
export function errorText(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}

/** The system's word for why something failed, such as `ENOENT`. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unknown";
}

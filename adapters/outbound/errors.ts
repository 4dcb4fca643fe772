import { ChatOpsError } from "../../core/errors.ts";
import { ADDRESS_REFUSED } from "./guard.ts";
import { createRedactor } from "./redact.ts";
import type { Trace } from "./trace.ts";

/** How a call can fail; the error's code is `<name>.<kind>`. */
export type FailureKind =
  | "timeout"
  | "unreachable"
  | "reset"
  | "too_large"
  | "bad_json"
  | "tls"
  | "refused_address"
  | "bad_request";

const RETRYABLE: Record<FailureKind, boolean> = {
  timeout: true,
  unreachable: true,
  reset: true,
  too_large: false,
  bad_json: true,
  tls: true,
  // The name may lead elsewhere again.
  refused_address: true,
  bad_request: false,
};

const TEXTS: Record<FailureKind, string> = {
  timeout: "no complete answer in time",
  unreachable: "cannot connect",
  reset: "the connection broke before the answer was complete",
  too_large: "the answer is longer than allowed",
  bad_json: "the answer says JSON and is not",
  tls: "no secure connection",
  refused_address: "leads to an address that is refused, see allow",
  bad_request: "the request cannot be sent",
};

interface Named {
  name: string;
  secrets: readonly string[];
}

/** Builds the error of one kind. Everything in its text passes the redactor. */
export function failure(
  config: Named,
  kind: FailureKind,
  detail: string,
  reached: "no" | "maybe" = "no",
): ChatOpsError {
  const text = createRedactor(config.secrets)(`${config.name}: ${detail}`);
  return new ChatOpsError(text, { code: `${config.name}.${kind}`, retryable: RETRYABLE[kind], reached });
}

/** One call that failed, as far as it is known. */
export interface FailedCall {
  /** Method and address, without query. */
  shown: string;
  /** What was thrown; only its codes are read, its text and fields may hold secrets. */
  thrown: unknown;
  trace: Trace;
  expired: boolean;
}

/**
 * Turns what the HTTP client threw into an error of ours. The thrown value is not kept as a cause: it holds
 * the request with its headers and query, and a proxy's error holds the proxy's password.
 */
export function callFailure(config: Named, call: FailedCall): ChatOpsError {
  const kind = kindOf(call);
  // A refused name has no socket, though a resolver that answers at once can make it look like one.
  const reached = call.trace.established && kind !== "refused_address" ? "maybe" : "no";
  return failure(config, kind, `${call.shown}: ${TEXTS[kind]}${shownCode(call.thrown)}`, reached);
}

function kindOf({ thrown, trace, expired }: FailedCall): FailureKind {
  if (expired) return "timeout";
  if (!trace.requested) return "bad_request";
  if (codeOf(thrown) === ADDRESS_REFUSED) return "refused_address";
  if (isTooLarge(thrown)) return "too_large";
  if (trace.established) return "reset";
  return trace.connected || isTlsCode(codeOf(thrown)) ? "tls" : "unreachable";
}

function isTooLarge(thrown: unknown): boolean {
  // axios gives the same code to an answer that broke off, but then with the response it had so far.
  return codeOf(thrown) === "ERR_BAD_RESPONSE" && field(thrown, "response") === undefined;
}

function isTlsCode(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/.test(code);
}

function shownCode(thrown: unknown): string {
  const code = codeOf(thrown);
  return code === "" || code === "ERR_CANCELED" ? "" : ` (${code})`;
}

function codeOf(thrown: unknown): string {
  const code = field(thrown, "code");
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : "";
}

function field(thrown: unknown, key: string): unknown {
  return typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, key) : undefined;
}

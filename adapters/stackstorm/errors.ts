import { ChatOpsError } from "../../core/errors.ts";
import { isJsonObject } from "../../core/ids/index.ts";

const MAX_MESSAGE_CHARACTERS = 500;

/** The parts of an answer that say what went wrong. */
export interface FailedAnswer {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  body: unknown;
}

/** The engine's own words in a body, whatever its status: a 200 with them is a failure too. Null without. */
export function faultOf(body: unknown): string | null {
  if (!isJsonObject(body)) return null;
  const text = body["faultstring"];
  return typeof text === "string" && text !== "" ? text : null;
}

/**
 * One line for people: the engine's own words, else the status. `redact` hides secrets; only then it is cut at 500
 * characters, for of a secret that is cut the rest would stay.
 */
export function describeAnswer(answer: FailedAnswer, redact: (text: string) => string): string {
  const fault = faultOf(answer.body);
  return clip(redact(fault ?? `StackStorm answered with HTTP ${answer.status} and no reason`));
}

function clip(text: string): string {
  return text.length <= MAX_MESSAGE_CHARACTERS ? text : `${text.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`;
}

const KINDS: Readonly<Record<number, string>> = {
  401: "unauthorised",
  403: "forbidden",
  404: "not_found",
  429: "busy",
};

function kindOf(status: number): string {
  const kind = KINDS[status];
  if (kind !== undefined) return kind;
  if (status >= 500) return "unavailable";
  if (status >= 400) return "refused";
  return status >= 300 ? "redirected" : "faulted";
}

/**
 * The error for an answer that is not what was asked for. Its code is `stackstorm.` and one of
 * `unauthorised forbidden not_found busy unavailable refused redirected faulted`. `message` must be free of
 * secrets; `reached` is `no` when the request this was done for has not been sent.
 */
export function answerError(
  operation: string,
  answer: FailedAnswer,
  message: string,
  reached: "no" | "maybe" = "maybe",
): ChatOpsError {
  const kind = kindOf(answer.status);
  const retryable = kind === "busy" || kind === "unavailable";
  const wait = kind === "busy" ? retryAfter(answer.headers["retry-after"]) : {};
  const facts = { code: `stackstorm.${kind}`, retryable, reached, ...wait };
  return new ChatOpsError(`StackStorm ${operation}: ${message}`, facts);
}

function retryAfter(header: unknown): { retryAfterMs?: number } {
  const seconds = typeof header === "string" && header !== "" ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

/** The error for an answer of status 200 that cannot be read: no JSON, or a wrong type at `where`. */
export function badAnswer(operation: string, where: string, reached: "no" | "maybe" = "maybe"): ChatOpsError {
  return new ChatOpsError(`StackStorm ${operation}: the answer cannot be read (${where})`, {
    code: "stackstorm.bad_answer",
    retryable: true,
    reached,
  });
}

/** What is told where a cluster takes Whale's credentials no more, and what to do about it. */
export function keyRefusedText(cluster: string, answer: string): string {
  return `集群 ${cluster} 不接受鲸的密钥，请更新 clusters/${cluster}.yaml 的 auth 再重新加载 (it refuses Whale's key: put the new one under auth in that file and reload): ${answer}`;
}

/** The error for a name that is not among the configured clusters. Nothing was sent. */
export function unknownCluster(name: string): ChatOpsError {
  return new ChatOpsError(`no cluster is configured under the name ${name}`, {
    code: "stackstorm.unknown_cluster",
    reached: "no",
  });
}

/** The error for a value in the configuration of a cluster; the value itself is not repeated. */
export function badConfig(cluster: string, field: string, problem: string): ChatOpsError {
  return new ChatOpsError(`cluster ${cluster}: ${field} ${problem}`, {
    code: "stackstorm.bad_config",
    reached: "no",
  });
}

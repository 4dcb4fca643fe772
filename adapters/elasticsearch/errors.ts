import { errors } from "@elastic/elasticsearch";
import { ChatOpsError } from "../../core/errors.ts";

/** An option has a value that cannot be. */
export function badOption(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `Elasticsearch option ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "elasticsearch.bad_option", reached: "no" });
}

/** A query that cannot be answered as it stands. */
export function badQuery(name: string, value: unknown, wants: string): ChatOpsError {
  const text = `archive query: ${name} is ${String(value)}, it must be ${wants}`;
  return new ChatOpsError(text, { code: "archive.bad_query", reached: "no" });
}

/** The cluster took part of a batch and says that it is too busy for the rest. */
export function busyError(left: number, problem: string): ChatOpsError {
  const text = `Elasticsearch 太忙，还有 ${left} 个文档没有存下 (too busy, ${left} documents are not stored yet): ${problem}`;
  return new ChatOpsError(text, { code: "elasticsearch.busy", retryable: true });
}

/** The cluster refuses documents for a reason that lies in its state, not in them. */
export function refusedError(left: number, problem: string): ChatOpsError {
  const text = `Elasticsearch 不收 ${left} 个文档，会一直重发 (it refuses ${left} documents, which are sent again until it takes them): ${problem}`;
  return new ChatOpsError(text, { code: "elasticsearch.refused", retryable: true });
}

/** The cluster cannot say what a document is now. */
export function unreadableError(problem: string): ChatOpsError {
  const text = `Elasticsearch 现在读不出一个文档 (cannot read a document now): ${problem}`;
  return new ChatOpsError(text, { code: "elasticsearch.failed", retryable: true });
}

/** An answer that is not as documented. */
export function malformedError(what: string, where: string): ChatOpsError {
  const text = `Elasticsearch 的回答与文档不符 (its answer to "${what}" is not as documented): ${where}`;
  return new ChatOpsError(text, { code: "elasticsearch.malformed", retryable: true });
}

/**
 * The error for what the client threw while doing `what`. The client's own error is not kept as the cause: it
 * holds the request with its headers and documents.
 */
export function clientError(what: string, thrown: unknown, redact: (text: string) => string): ChatOpsError {
  if (thrown instanceof ChatOpsError) return thrown;
  if (thrown instanceof errors.ResponseError) return responseError(what, thrown, redact);
  if (thrown instanceof errors.TimeoutError) {
    const text = `Elasticsearch 没有及时应答 (no answer in time): ${what}`;
    return new ChatOpsError(text, { code: "elasticsearch.timeout", retryable: true });
  }
  if (thrown instanceof errors.ConnectionError || thrown instanceof errors.NoLivingConnectionsError) {
    const problem = redact(thrown.message).slice(0, LONGEST_REASON);
    const text = `Elasticsearch 连不上 (not reached): ${what}: ${problem}`;
    return new ChatOpsError(text, { code: "elasticsearch.unreachable", retryable: true });
  }
  if (thrown instanceof errors.ProductNotSupportedError) {
    const text =
      "ELASTICSEARCH_URL 处应答的不是 Elasticsearch，可能是代理或 OpenSearch (what answers there is not Elasticsearch, but maybe a proxy, or OpenSearch)";
    return new ChatOpsError(text, { code: "elasticsearch.not_elasticsearch" });
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  const text = `Elasticsearch 调用失败 (the call failed): ${what}: ${name}`;
  return new ChatOpsError(text, { code: "elasticsearch.failed", retryable: true });
}

const LONGEST_REASON = 300;
const CODES: Record<number, { code: string; retryable: boolean }> = {
  400: { code: "elasticsearch.bad_request", retryable: false },
  401: { code: "elasticsearch.denied", retryable: false },
  403: { code: "elasticsearch.denied", retryable: false },
  413: { code: "elasticsearch.too_large", retryable: false },
  429: { code: "elasticsearch.busy", retryable: true },
};

function responseError(what: string, thrown: errors.ResponseError, redact: (text: string) => string) {
  const status = thrown.statusCode ?? 0;
  const fallback = { code: "elasticsearch.refused", retryable: false };
  const facts =
    status >= 500 ? { code: "elasticsearch.failed", retryable: true } : (CODES[status] ?? fallback);
  const { type, reason } = problemOf(thrown.body);
  const isDenied = facts.code === "elasticsearch.denied";
  const hint = isDenied ? "; 所需权限见 adapters/README.md (the rights that it needs stand there)" : "";
  const problem = redact(`${type} ${reason}`.trim()).slice(0, LONGEST_REASON);
  return new ChatOpsError(`Elasticsearch 回答 ${status} (answered so): ${what}: ${problem}${hint}`, facts);
}

/** Type and reason out of the `error` of an answer or of one item. Empty where there is none. */
export function problemOf(body: unknown): { type: string; reason: string } {
  const error = field(body, "error");
  if (typeof error === "string") return { type: "", reason: error };
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return { type: text(field(error, "type")), reason: text(field(error, "reason")) };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

import type { StartOutcome, StartRequest } from "../../core/ports/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { describeAnswer, faultOf, keyRefusedText } from "./errors.ts";
import { isExecutionId, toExecution } from "./execution.ts";
import { parseExecution } from "./schema.ts";

// A proxy that gave up on the request in the middle: it may have handed it on.
const GIVEN_UP = [408, 499];
// The cluster would take it from nobody of ours as it is now: another one may, and so may this one later.
const NOT_TAKEN = [401, 403, 404, 429];

/** What was asked for; `executionId`: it is one more run of this one. */
export type JudgedRequest = Pick<StartRequest, "cluster" | "action" | "requestId"> & { executionId?: string };

/**
 * What an answer to a start proves. Only StackStorm itself or something before it refusing the request proves
 * that nothing runs; what may have come after the row was stored is `unknown` (reference/stackstorm.md 5.1). What the
 * cluster refuses whatever is asked for was not sent (section 9, point 8). `redact` hides secrets in its words.
 */
export function judgeStart(
  answer: Pick<OutboundResponse, "status" | "headers" | "body">,
  request: JudgedRequest,
  redact: (text: string) => string,
): StartOutcome {
  const { status } = answer;
  const message = describeAnswer(answer, redact);
  if (status >= 200 && status < 300) return judgeTaken(answer.body, { request, message });
  const fault = faultOf(answer.body);
  const isGone = status === 404 && fault !== null && request.executionId !== undefined;
  if (isGone) return { outcome: "refused", message };
  if (NOT_TAKEN.includes(status)) {
    const told = status === 401 ? keyRefusedText(request.cluster, message) : message;
    return { outcome: "not_sent", message: told, isAnswered: true };
  }
  if (GIVEN_UP.includes(status) && fault === null) return { outcome: "unknown", message };
  // A redirect is not followed, so that it has started nothing.
  return { outcome: status >= 300 && status < 500 ? "refused" : "unknown", message };
}

function judgeTaken(
  body: unknown,
  { request, message }: { request: JudgedRequest; message: string },
): StartOutcome {
  const parsed = parseExecution(body);
  if (parsed.outcome === "malformed" || !isExecutionId(parsed.value.row.id)) {
    const isFault = faultOf(body) !== null;
    return { outcome: "unknown", message: isFault ? message : "the answer holds no readable execution id" };
  }
  const { row } = parsed.value;
  const answered = row.context?.whale?.request_id;
  if (answered !== undefined && answered !== request.requestId) {
    return { outcome: "unknown", message: "the answer is about another request" };
  }
  const execution = toExecution({ status: "requested", ...row }, request.cluster, request.action);
  return { outcome: "started", execution };
}

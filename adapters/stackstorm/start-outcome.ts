import type { StartOutcome, StartRequest } from "../../core/ports/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { describeAnswer, faultOf } from "./errors.ts";
import { isExecutionId, toExecution } from "./execution.ts";
import { parseExecution } from "./schema.ts";

// A proxy that gave up on the request in the middle: it may have handed it on.
const GIVEN_UP = [408, 499];

/**
 * What an answer to a start proves. Only StackStorm itself or something before it refusing the request proves
 * that nothing runs; what may have come after the row was stored is `unknown` (reference/stackstorm.md 5.1).
 */
export function judgeStart(
  answer: Pick<OutboundResponse, "status" | "headers" | "body">,
  request: Pick<StartRequest, "cluster" | "action" | "requestId">,
): StartOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeTaken(answer.body, request);
  const message = describeAnswer(answer);
  if (status === 429) return { outcome: "not_sent", message };
  if (GIVEN_UP.includes(status) && faultOf(answer.body) === null) return { outcome: "unknown", message };
  // A redirect is not followed, so that it has started nothing.
  return { outcome: status >= 300 && status < 500 ? "refused" : "unknown", message };
}

function judgeTaken(
  body: unknown,
  request: Pick<StartRequest, "cluster" | "action" | "requestId">,
): StartOutcome {
  const parsed = parseExecution(body);
  if (parsed.outcome === "malformed" || !isExecutionId(parsed.value.row.id)) {
    return { outcome: "unknown", message: faultOf(body) ?? "the answer holds no readable execution id" };
  }
  const { row } = parsed.value;
  const answered = row.context?.whale?.request_id;
  if (answered !== undefined && answered !== request.requestId) {
    return { outcome: "unknown", message: "the answer is about another request" };
  }
  const execution = toExecution({ status: "requested", ...row }, request.cluster, request.action);
  return { outcome: "started", execution };
}

import { errorText, isChatOpsError } from "../../core/errors.ts";
import { findServerTemplate } from "../../core/params/index.ts";
import type { StartOutcome, StartRequest } from "../../core/ports/index.ts";
import type { Call, ClientParts, Connection } from "./connection.ts";
import { keyRefusedText } from "./errors.ts";
import { type JudgedRequest, judgeStart } from "./start-outcome.ts";

/** Asks for one start. Never throws, and never sends the request a second time but after a 401. */
export async function start(
  connection: Connection,
  request: StartRequest,
  parts: ClientParts,
): Promise<StartOutcome> {
  const fault = requestFault(request);
  if (fault === null) return sendStart(connection, callOf(request), { request, parts });
  const outcome: StartOutcome = { outcome: "refused", message: fault };
  note(request, { outcome }, parts);
  return outcome;
}

/** Why a request must not leave; null when it may. */
function requestFault(request: StartRequest): string | null {
  const path = findServerTemplate(request.parameters);
  if (path !== null) return `parameter ${path} holds {{ or {%, which StackStorm would render`;
  const told = findServerTemplate(request.notify ?? {});
  if (told !== null) return `notify.${told} holds {{ or {%, which StackStorm would render`;
  return isSearchable(request.requestId) ? null : "the request id could not be searched for afterwards";
}

/** A filter of StackStorm ends at a space and takes two dots for a range of time. */
export function isSearchable(requestId: string): boolean {
  return /^[\w:.-]+$/.test(requestId) && !requestId.includes("..");
}

interface Asked {
  request: JudgedRequest;
  parts: ClientParts;
}

/** `status`: of the answer, where there was one. */
interface Judged {
  outcome: StartOutcome;
  status?: number;
}

/** Sends what makes one run, and tells what its answer proves. Never throws; sent again after a 401 alone. */
export async function sendStart(connection: Connection, call: Call, asked: Asked): Promise<StartOutcome> {
  const answer = await judged(connection, call, asked);
  note(asked.request, answer, asked.parts);
  return answer.outcome;
}

async function judged(connection: Connection, call: Call, { request, parts }: Asked): Promise<Judged> {
  try {
    const answer = await connection.call(call);
    const { status } = answer;
    return { outcome: judgeStart(answer, request, connection.redact), status };
  } catch (error) {
    return { outcome: judgeFailure(connection, error, parts) };
  }
}

function callOf(request: StartRequest): Call {
  const { action, parameters, requestId, taskId, approvedBy, notify } = request;
  const whale = { request_id: requestId, task_id: taskId, approved_by: approvedBy };
  const context = { whale, trace_context: { trace_tag: `whale:${requestId}` } };
  return {
    operation: "start",
    method: "POST",
    path: "/v1/executions",
    body: { action, parameters, context, ...(notify ? { notify } : {}) },
    requestId,
    isStart: true,
  };
}

const LOGIN_FAULTS = ["stackstorm.forbidden", "stackstorm.not_found"];

/** A request that got no answer: only what is proved not to have left has not been sent. */
function judgeFailure(connection: Connection, error: unknown, { log }: ClientParts): StartOutcome {
  const message = connection.redact(errorText(error));
  if (!isChatOpsError(error)) {
    log.error({ cluster: connection.cluster, message }, "stackstorm start failed in an unforeseen way");
    return { outcome: "unknown", message };
  }
  if (error.reached === "maybe") return { outcome: "unknown", message };
  const { code, retryable } = error;
  if (code === "stackstorm.unauthorised") {
    return { outcome: "not_sent", message: keyRefusedText(connection.cluster, message), isAnswered: true };
  }
  // A login that is refused is the cluster's matter; a body that cannot be sent is the same everywhere.
  if (LOGIN_FAULTS.includes(code)) return { outcome: "not_sent", message, isAnswered: true };
  return { outcome: retryable ? "not_sent" : "refused", message };
}

function note(request: Asked["request"], { outcome, status }: Judged, { log, metrics }: ClientParts): void {
  const { cluster, action, requestId } = request;
  metrics.count("stackstorm_starts", { cluster, outcome: outcome.outcome });
  const fields = { cluster, action, requestId, outcome: outcome.outcome };
  if (outcome.outcome === "started") {
    log.info({ ...fields, executionId: outcome.execution.id }, "start taken");
    return;
  }
  // What StackStorm says of what it judged may repeat a parameter, and nobody knows here which are secret.
  const isOfParameters = status !== undefined && outcome.outcome !== "not_sent";
  log.warn({ ...fields, ...(isOfParameters ? { status } : { message: outcome.message }) }, "start not taken");
}

import { errorText } from "../../core/errors.ts";
import type { ControlOutcome, Execution, Executor } from "../../core/ports/index.ts";
import { isEnd } from "../../core/tasks/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import type { Call, ClientParts, Connection } from "./connection.ts";
import { describeAnswer, faultOf } from "./errors.ts";
import { get } from "./reads.ts";

type Order = Parameters<Executor["control"]>[0];
type What = Order["what"];

/** Statuses in which what is wanted is so, or on its way. Asked for a cancel again, StackStorm answers with 500. */
const SO_ALREADY: Record<What, readonly string[]> = {
  cancel: ["canceling"],
  pause: ["pausing", "paused"],
  resume: ["resuming", "running"],
};

/**
 * Cancels, pauses or resumes one execution: reads it, asks if need be, and where the answer says no or nothing, reads
 * it once more (reference/stackstorm.md 5.7, and point 10 of section 9). Never throws.
 */
export async function control(
  connection: Connection,
  order: Order,
  parts: ClientParts,
): Promise<ControlOutcome> {
  const outcome = await carryOut(connection, order, parts).catch((error: unknown): ControlOutcome => {
    return { outcome: "open", message: connection.redact(errorText(error)) };
  });
  const { cluster, executionId, what } = order;
  parts.metrics.count("stackstorm_controls", { cluster, what, outcome: outcome.outcome });
  const fields = { cluster, executionId, what, outcome: outcome.outcome };
  if (outcome.outcome === "taken") parts.log.info(fields, "control taken");
  else parts.log.warn({ ...fields, message: outcome.message }, "control not taken");
  return outcome;
}

async function carryOut(connection: Connection, order: Order, parts: ClientParts): Promise<ControlOutcome> {
  const { executionId, what } = order;
  const before = await get(connection, executionId, parts);
  if (!before) return { outcome: "refused", message: "StackStorm does not know this execution" };
  if (isSo(before, what)) return { outcome: "taken", execution: before };
  const answer = await connection.call(callOf(order));
  const fault = faultIn(answer, connection);
  // What it answers with is how it was at some moment of the change: how it is now is read.
  const after = await get(connection, executionId, parts);
  if (after && (fault === null || isSo(after, what))) return { outcome: "taken", execution: after };
  const message = fault ?? "StackStorm does not know this execution any more";
  const mayPass = answer.status >= 500 || answer.status === 429;
  return { outcome: mayPass ? "open" : "refused", message };
}

function isSo({ status }: Execution, what: What): boolean {
  return isEnd(status) || SO_ALREADY[what].includes(status);
}

/** Only these three words are ever written: any other status would be taken as it comes. */
function callOf({ executionId, what }: Order): Call {
  const common = { operation: what, path: `/v1/executions/${executionId}` };
  if (what === "cancel") return { ...common, method: "DELETE" };
  return { ...common, method: "PUT", body: { status: what === "pause" ? "pausing" : "resuming" } };
}

/** Why it was refused, in its own words; null when it was not. A cancel is refused with a 200. */
function faultIn(answer: OutboundResponse, { redact }: Connection): string | null {
  const isGood = answer.status === 200 && faultOf(answer.body) === null;
  return isGood ? null : describeAnswer(answer, redact);
}

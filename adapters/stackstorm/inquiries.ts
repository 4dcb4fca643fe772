import { errorText } from "../../core/errors.ts";
import { hashOf, isJsonObject, type JsonObject } from "../../core/ids/index.ts";
import { findServerTemplate } from "../../core/params/index.ts";
import type { Execution, Executor, Inquiry, InquiryOutcome } from "../../core/ports/index.ts";
import { type Call, type ClientParts, type Connection, readJson } from "./connection.ts";
import { badAnswer, describeAnswer, faultOf } from "./errors.ts";
import { isExecutionId } from "./execution.ts";
import { get } from "./reads.ts";
import { type InquiryRow, parseInquiries } from "./schema.ts";

/** More than that are not asked at a time; the route has no further pages. */
const MOST = 100;

/** What workflows ask now. Throws when it cannot be read. */
export async function inquiries(connection: Connection): Promise<Inquiry[]> {
  const call: Call = { operation: "inquiries", method: "GET", path: "/v1/inquiries", query: { limit: MOST } };
  const rows = parseInquiries(await readJson(connection, call));
  if (rows === null) throw badAnswer("inquiries", "/ must be array");
  return rows.filter(({ id }) => isExecutionId(id)).map((row) => toInquiry(row, connection.cluster));
}

function toInquiry({ id, schema = {}, users = [], roles = [], ttl }: InquiryRow, cluster: string): Inquiry {
  // The row comes out of JSON.parse, so that whatever is there is JSON.
  const asked = schema as JsonObject;
  return { id, cluster, schema: asked, users, roles, ...(ttl === undefined ? {} : { ttlMinutes: ttl }) };
}

type Answering = Parameters<Executor["answer"]>[0];

/**
 * Answers one: reads whether it still asks, answers, and where that was refused or lost, reads once more. What the
 * run that asked has got tells whose answer it was. Never throws.
 */
export async function answer(
  connection: Connection,
  to: Answering,
  parts: ClientParts,
): Promise<InquiryOutcome> {
  const outcome = await carryOut(connection, to, parts).catch((error: unknown): InquiryOutcome => {
    return { outcome: "open", message: connection.redact(errorText(error)) };
  });
  const fields = { cluster: to.cluster, executionId: to.id, outcome: outcome.outcome };
  parts.metrics.count("stackstorm_answers", { cluster: to.cluster, outcome: outcome.outcome });
  parts.log.info(fields, "inquiry answered");
  return outcome;
}

async function carryOut(connection: Connection, to: Answering, parts: ClientParts): Promise<InquiryOutcome> {
  const path = findServerTemplate(to.response);
  if (path !== null) return refused(`${path} holds {{ or {%, which StackStorm would render`);
  const before = await get(connection, to.id, parts);
  if (before?.status !== "pending") return overWith(before, to.response);
  const { id, response } = to;
  const call: Call = {
    operation: "answer",
    method: "PUT",
    path: `/v1/inquiries/${id}`,
    body: { id, response },
  };
  const given = await connection.call(call);
  if (given.status === 200 && faultOf(given.body) === null) return { outcome: "answered" };
  const message = describeAnswer(given, connection.redact);
  const after = await get(connection, id, parts);
  if (after?.status !== "pending") return overWith(after, response);
  const mayPass = given.status >= 500 || given.status === 429 || given.status === 401;
  return mayPass ? { outcome: "open", message } : refused(message);
}

function refused(message: string): InquiryOutcome {
  return { outcome: "refused", message };
}

/** It asks no more: by this very answer, or for another reason. */
function overWith(execution: Execution | null, response: JsonObject): InquiryOutcome {
  if (!execution) return { outcome: "settled", status: "unknown" };
  const { result, status } = execution;
  const got = isJsonObject(result) ? result["response"] : undefined;
  const isOurs = got !== undefined && hashOf(got) === hashOf(response);
  return isOurs ? { outcome: "answered" } : { outcome: "settled", status };
}

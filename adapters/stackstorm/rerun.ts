import type { Execution, Executor, RerunRequest, StartOutcome } from "../../core/ports/index.ts";
import { type Call, type ClientParts, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";
import { isExecutionId, toExecution } from "./execution.ts";
import { type ExecutionRow, parseExecutions } from "./schema.ts";
import { sendStart } from "./start.ts";

/**
 * Asks for one more run of an ended one. Never throws, and never sends the request a second time but after a 401.
 * StackStorm drops the old context, so that no request id goes along (reference/stackstorm.md 5.6).
 */
export async function rerun(
  connection: Connection,
  request: RerunRequest,
  parts: ClientParts,
): Promise<StartOutcome> {
  const { cluster, action, requestId, executionId, steps, reset = [] } = request;
  if (!isExecutionId(executionId)) return { outcome: "refused", message: "this is no id of an execution" };
  const call: Call = {
    operation: "rerun",
    method: "POST",
    path: `/v1/executions/${executionId}/re_run`,
    body: { ...(steps.length > 0 ? { tasks: steps } : {}), ...(reset.length > 0 ? { reset } : {}) },
    requestId,
    isStart: true,
  };
  return sendStart(connection, call, { request: { cluster, action, requestId, executionId }, parts });
}

type Query = Parameters<Executor["reruns"]>[0];

const PAGE_SIZE = 100;
const MOST_PAGES = 10;

/** All runs that were made by running one once more, oldest first. Throws when they cannot be read. */
export async function reruns(connection: Connection, { action, executionId }: Query): Promise<Execution[]> {
  if (!isExecutionId(executionId)) return [];
  const found = new Map<string, ExecutionRow>();
  for (let page = 0; page < MOST_PAGES; page++) {
    const rows = await readPage(connection, { action, executionId, offset: page * PAGE_SIZE });
    // A row that is not visibly one of them means that the filter was not applied: then nothing is known.
    if (rows.some((row) => row.context?.["re-run"]?.ref !== executionId)) {
      throw badAnswer("reruns", "it holds executions that were not asked for");
    }
    for (const row of rows) found.set(row.id, row);
    if (rows.length < PAGE_SIZE) break;
  }
  const all = [...found.values()].map((row) => toExecution(row, connection.cluster, action));
  return all.sort((a, b) => ((a.startedAt ?? "~") + a.id < (b.startedAt ?? "~") + b.id ? -1 : 1));
}

async function readPage(
  connection: Connection,
  { action, executionId, offset }: { action: string; executionId: string; offset: number },
): Promise<ExecutionRow[]> {
  const query = {
    action,
    filter: `context.re-run.ref:${executionId}`,
    limit: PAGE_SIZE,
    offset,
    include_attributes: "id,status,start_timestamp,action,context",
  };
  const call: Call = { operation: "reruns", method: "GET", path: "/v1/executions", query };
  const parsed = parseExecutions(await readJson(connection, call));
  if (parsed.outcome === "malformed") throw badAnswer("reruns", parsed.where);
  return parsed.value.map(({ row }) => row);
}

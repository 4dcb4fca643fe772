import { errorText } from "../../core/errors.ts";
import type { Execution, FindOutcome } from "../../core/ports/index.ts";
import { type Call, type ClientParts, type Connection, readJson } from "./connection.ts";
import { badAnswer } from "./errors.ts";
import { toExecution } from "./execution.ts";
import { type ExecutionRow, parseExecutions } from "./schema.ts";
import { isSearchable } from "./start.ts";
import { parseTimeMs } from "./time.ts";

/** What is looked for. */
export interface StartQuery {
  cluster: string;
  action: string;
  requestId: string;
  sinceMs: number;
}

/** Looks for the start with this request id. Never throws: whatever leaves it open is `unreachable`. */
export async function find(
  connection: Connection,
  query: StartQuery,
  parts: ClientParts,
): Promise<FindOutcome> {
  if (!isSearchable(query.requestId)) return unreachable("the request id cannot be searched for");
  try {
    const outcome = judgeRows(await readJson(connection, callOf(query, parts)), query);
    if (outcome.outcome === "found" && outcome.starts > 1) alarm(outcome.starts, query, parts);
    return outcome;
  } catch (error) {
    return unreachable(connection.redact(errorText(error)));
  }
}

function callOf({ action, requestId, sinceMs }: StartQuery, { options }: ClientParts): Call {
  const query = {
    action,
    timestamp_gt: new Date(sinceMs - options.clockSkewMs).toISOString(),
    filter: `context.whale.request_id:${requestId}`,
    parent: "null",
    limit: 10,
    include_attributes: "id,status,start_timestamp,context",
  };
  return { operation: "find", method: "GET", path: "/v1/executions", query };
}

/**
 * What the rows prove. A row that is not visibly ours means that the filter was not applied: then nothing is
 * proved, neither that the start is there nor that it is not.
 */
function judgeRows(body: unknown, query: StartQuery): FindOutcome {
  const parsed = parseExecutions(body);
  if (parsed.outcome === "malformed") return unreachable(`the answer cannot be read (${parsed.where})`);
  const rows = parsed.value.map(({ row }) => row);
  if (rows.some((row) => row.context?.whale?.request_id !== query.requestId)) {
    return unreachable("the answer holds executions that were not asked for");
  }
  const starts = rows.filter((row) => row.context?.policies === undefined);
  // Retries without their start, which is beyond the limit of the list or deleted: it went through all the same.
  const adopted = oldest(starts.length > 0 ? starts : rows);
  if (!adopted) return { outcome: "absent" };
  const told = (row: ExecutionRow) => toExecution(row, query.cluster, query.action);
  const doubles = starts.filter((row) => row !== adopted).map(({ id }) => id);
  const attempts = rows.filter((row) => row.context?.policies !== undefined && row !== adopted);
  return {
    outcome: "found",
    execution: told(adopted),
    starts: doubles.length + 1,
    doubles,
    attempts: byStart(attempts).map(told),
  };
}

function oldest(rows: readonly ExecutionRow[]): ExecutionRow | undefined {
  return byStart(rows)[0];
}

function byStart(rows: readonly ExecutionRow[]): ExecutionRow[] {
  return [...rows].sort((a, b) => startMs(a) - startMs(b) || (a.id < b.id ? -1 : 1));
}

/** A row without a readable time comes last. */
function startMs(row: ExecutionRow): number {
  return (
    (row.start_timestamp === undefined ? null : parseTimeMs(row.start_timestamp)) ?? Number.MAX_SAFE_INTEGER
  );
}

const MOST_UNCLAIMED = 20;

/** Runs of an action since an instant that no request id claims, oldest first. Throws when they cannot be read. */
export async function unclaimed(
  connection: Connection,
  { action, sinceMs }: Pick<StartQuery, "action" | "sinceMs">,
  { options }: ClientParts,
): Promise<Execution[]> {
  const query = {
    action,
    timestamp_gt: new Date(sinceMs - options.clockSkewMs).toISOString(),
    parent: "null",
    limit: 100,
    include_attributes: "id,status,start_timestamp,action,context,parameters",
  };
  const call: Call = { operation: "unclaimed", method: "GET", path: "/v1/executions", query };
  const parsed = parseExecutions(await readJson(connection, call));
  if (parsed.outcome === "malformed") throw badAnswer("unclaimed", parsed.where);
  const rows = parsed.value.map(({ row }) => row);
  const free = rows.filter(({ context }) => context?.whale?.request_id === undefined);
  return byStart(free)
    .map((row) => toExecution(row, connection.cluster, action))
    .filter((execution) => execution.action === action)
    .slice(-MOST_UNCLAIMED);
}

function alarm(starts: number, query: StartQuery, { log, metrics }: ClientParts): void {
  const { cluster, action, requestId } = query;
  metrics.count("stackstorm_double_starts", { cluster });
  log.error({ cluster, action, requestId, starts }, "one request was started more than once");
}

function unreachable(message: string): FindOutcome {
  return { outcome: "unreachable", message };
}

import type { Execution } from "../../core/ports/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { type Call, type ClientParts, type Connection, expectOk, readJson } from "./connection.ts";
import { badAnswer, faultOf } from "./errors.ts";
import { isExecutionId, toExecution } from "./execution.ts";
import { type ParsedRow, parseExecution, parseExecutions } from "./schema.ts";

const PAGE_SIZE = 100;
const MAX_CHILDREN = 1_000;
const LIST_ATTRIBUTES = "id,status,start_timestamp,end_timestamp,action,liveaction,elapsed_seconds";

/** One execution, with its result up to `maxResultBytes`. Null when StackStorm has no such id. */
export async function get(connection: Connection, id: string, parts: ClientParts): Promise<Execution | null> {
  if (!isExecutionId(id)) return null;
  const query = { max_result_size: parts.options.maxResultBytes };
  const call: Call = { operation: "get", method: "GET", path: `/v1/executions/${id}`, query };
  const answer = await connection.call(call);
  if (isUnknownId(answer)) return null;
  expectOk(connection, call, answer);
  const parsed = parseExecution(answer.body);
  if (parsed.outcome === "malformed") throw badAnswer("get", parsed.where);
  if (parsed.value.row.id !== id) throw badAnswer("get", "/id is another one");
  return read(connection, parsed.value, parts);
}

/** Only StackStorm's own 404 says so; a page of a proxy in front of it says nothing about the execution. */
function isUnknownId(answer: OutboundResponse): boolean {
  return answer.status === 404 && faultOf(answer.body) !== null;
}

function read(connection: Connection, parsed: ParsedRow, { log, metrics }: ClientParts): Execution {
  const { row, dropped } = parsed;
  const { cluster } = connection;
  if (dropped.length > 0) {
    metrics.count("stackstorm_odd_answers", { cluster });
    log.warn({ cluster, executionId: row.id, dropped }, "stackstorm answered with fields of a wrong type");
  }
  return toExecution(row, cluster);
}

/** Many executions without results, a hundred a request; unknown ids are left out. */
export async function list(
  connection: Connection,
  ids: readonly string[],
  parts: ClientParts,
): Promise<Execution[]> {
  const wanted = [...new Set(ids)].filter(isExecutionId);
  const found: Execution[] = [];
  for (let from = 0; from < wanted.length; from += PAGE_SIZE) {
    const chunk = new Set(wanted.slice(from, from + PAGE_SIZE));
    const page = await readPage(connection, { operation: "list", query: { id: [...chunk].join(",") } });
    const rows = page.map((row) => read(connection, row, parts));
    // A server that does not know the filter would answer with its newest executions.
    found.push(...rows.filter((execution) => chunk.has(execution.id)));
  }
  return found;
}

interface PageRequest {
  operation: string;
  query: Record<string, string | number>;
}

async function readPage(connection: Connection, request: PageRequest): Promise<ParsedRow[]> {
  const query = { ...request.query, limit: PAGE_SIZE, include_attributes: LIST_ATTRIBUTES };
  const call: Call = { operation: request.operation, method: "GET", path: "/v1/executions", query };
  const parsed = parseExecutions(await readJson(connection, call));
  if (parsed.outcome === "malformed") throw badAnswer(request.operation, parsed.where);
  return parsed.value;
}

/** The runners that start runs of their own (reference/stackstorm.md section 4). */
const WORKFLOW_RUNNERS = ["orquesta", "action-chain"];

function isWorkflow({ action }: ParsedRow["row"]): boolean {
  return WORKFLOW_RUNNERS.includes(action?.runner_type ?? "");
}

/**
 * The direct children of a workflow without their results, oldest first; none when the id is unknown. At most
 * 1,000. The list of whole executions that StackStorm has for this would bring every result along.
 */
export async function children(connection: Connection, id: string, parts: ClientParts): Promise<Execution[]> {
  if (!isExecutionId(id)) return [];
  const found = new Map<string, Execution>();
  for (let offset = 0; offset < MAX_CHILDREN; offset += PAGE_SIZE) {
    const query = { parent: id, offset };
    const page = await readPage(connection, { operation: "children", query });
    // New children push older ones on to the next page, so that some are seen twice and none is missed.
    for (const child of page) found.set(child.row.id, { ...childOf(connection, child, parts), parent: id });
    if (page.length < PAGE_SIZE) break;
  }
  return [...found.values()].sort(byStart);
}

function childOf(connection: Connection, parsed: ParsedRow, parts: ClientParts): Execution {
  const execution = read(connection, parsed, parts);
  return isWorkflow(parsed.row) ? { ...execution, isWorkflow: true } : execution;
}

function byStart(a: Execution, b: Execution): number {
  const [left, right] = [(a.startedAt ?? "~") + a.id, (b.startedAt ?? "~") + b.id];
  return left < right ? -1 : 1;
}

/** What an execution has written so far; nothing when the id is unknown. */
export async function output(connection: Connection, id: string): Promise<string> {
  if (!isExecutionId(id)) return "";
  const path = `/v1/executions/${id}/output`;
  const call: Call = { operation: "output", method: "GET", path, responseType: "text" };
  const answer = withBody(await connection.call(call));
  if (isUnknownId(answer)) return "";
  // A 200 is the output itself, whatever it looks like.
  if (answer.status !== 200) expectOk(connection, call, answer);
  // An action may print its environment, and our own credentials with it.
  return connection.redact(answer.text);
}

/** Read as text, an answer that is a failure still tells its reason in JSON. */
function withBody(answer: OutboundResponse): OutboundResponse {
  if (answer.status === 200 || !answer.headers["content-type"]?.includes("json")) return answer;
  return { ...answer, body: parseJson(answer.text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Then there is no reason to show beside the status.
    return undefined;
  }
}

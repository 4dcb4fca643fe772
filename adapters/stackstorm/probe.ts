import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { CanaryResult, Probe, ProbeFault } from "../../core/clusters/index.ts";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import { isEnd } from "../../core/tasks/index.ts";
import { type Call, type ClientParts, type Connection, expectOk, readJson } from "./connection.ts";
import { badAnswer, unknownCluster } from "./errors.ts";
import { get } from "./reads.ts";
import { parseExecutions, parseVersion } from "./schema.ts";
import { start } from "./start.ts";

/**
 * Looks at a cluster in layers (reference/stackstorm.md section 1): the version proves the credentials, one row the
 * database, and runs of ours that nobody takes up tell of queue and workers. Never throws.
 */
export async function probe(connection: Connection, parts: ClientParts): Promise<Probe> {
  const { clock } = parts;
  const startedMs = clock.nowMs();
  let skewMs: number | null = null;
  const tookMs = () => Math.max(0, clock.nowMs() - startedMs);
  try {
    const root = await readRoot(connection, parts);
    skewMs = root.skewMs;
    await readOneRow(connection, parts);
    const stuck = await stuckRuns(connection, clock.nowMs() + (skewMs ?? 0), parts);
    return { outcome: "up", version: root.version, tookMs: tookMs(), skewMs, stuck };
  } catch (error) {
    const message = connection.redact(errorText(error));
    return { outcome: "down", fault: faultIn(error), message, tookMs: tookMs(), skewMs };
  }
}

/** What a look at a cluster that is not configured finds. */
export function unknownProbe(cluster: string): Probe {
  const { message } = unknownCluster(cluster);
  return { outcome: "down", fault: "no_answer", message, tookMs: 0, skewMs: null };
}

const UNAUTHORISED = ["stackstorm.unauthorised", "stackstorm.forbidden"];
const NO_ANSWER = ["unavailable", "busy", "timeout", "unreachable", "reset", "tls", "unknown_cluster"];

function faultIn(error: unknown): ProbeFault {
  const code = isChatOpsError(error) ? error.code : "";
  if (UNAUTHORISED.includes(code)) return "unauthorised";
  return NO_ANSWER.includes(code.replace("stackstorm.", "")) ? "no_answer" : "bad_answer";
}

async function readRoot(
  connection: Connection,
  { clock, options }: ClientParts,
): Promise<{ version: string; skewMs: number | null }> {
  const call: Call = { operation: "probe", method: "GET", path: "/v1/", timeoutMs: options.probeTimeoutMs };
  const sentMs = clock.nowMs();
  const answer = await connection.call(call);
  const halfwayMs = (sentMs + clock.nowMs()) / 2;
  expectOk(connection, call, answer);
  const version = parseVersion(answer.body);
  if (version === null) throw badAnswer("probe", "/version must be string");
  const toldMs = Date.parse(answer.headers["date"] ?? "");
  // It tells whole seconds, so that half of one is missing on the average.
  return { version, skewMs: Number.isNaN(toldMs) ? null : Math.round(toldMs + 500 - halfwayMs) };
}

async function readOneRow(connection: Connection, { options }: ClientParts): Promise<void> {
  const query = { limit: 1, include_attributes: "id,status" };
  const rows = await readJson(connection, {
    ...{ operation: "probe", method: "GET", path: "/v1/executions", query },
    timeoutMs: options.probeTimeoutMs,
  });
  if (!Array.isArray(rows)) throw badAnswer("probe", "/ must be array");
}

/** Ours alone: what others let wait, by a policy or a delay, may be meant to. */
async function stuckRuns(connection: Connection, nowMs: number, { options }: ClientParts): Promise<number> {
  const window = {
    timestamp_lt: new Date(nowMs - options.stuckAfterMs).toISOString(),
    timestamp_gt: new Date(nowMs - options.stuckWindowMs).toISOString(),
  };
  let stuck = 0;
  for (const status of ["requested", "scheduled"]) {
    const query = { status, ...window, limit: 100, include_attributes: "id,status,context" };
    const body = await readJson(connection, {
      ...{ operation: "probe", method: "GET", path: "/v1/executions", query },
      timeoutMs: options.probeTimeoutMs,
    });
    const parsed = parseExecutions(body);
    if (parsed.outcome === "malformed") throw badAnswer("probe", parsed.where);
    stuck += parsed.value.filter(({ row }) => row.context?.whale?.request_id !== undefined).length;
  }
  return stuck;
}

/** In the order in which a run goes through them: one that moves on between two questions is not missed. */
const UNDER_WAY = ["delayed", "requested", "scheduled", "resuming", "running", "pausing", "canceling"];

/** Counts what is under way (reference/stackstorm.md section 13.5), without reading any of it. */
export async function busy(connection: Connection): Promise<number> {
  let sum = 0;
  for (const status of UNDER_WAY) sum += await countOf(connection, status);
  return sum;
}

async function countOf(connection: Connection, status: string): Promise<number> {
  const query = { status, limit: 1, include_attributes: "id,status" };
  const call: Call = { operation: "busy", method: "GET", path: "/v1/executions", query };
  const answer = await connection.call(call);
  expectOk(connection, call, answer);
  const count = Number(answer.headers["x-total-count"] ?? Number.NaN);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw badAnswer("busy", "X-Total-Count is no number");
}

const NOOP = "core.noop";
const POLL_MS = [100, 200, 400, 1_000] as const;

/** Runs StackStorm's own action without effect, and waits for its end. Never throws. */
export async function canary(
  connection: Connection,
  withinMs: number,
  parts: ClientParts,
): Promise<CanaryResult> {
  const { clock } = parts;
  const startedMs = clock.nowMs();
  const answer = await start(connection, canaryRequest(connection.cluster), parts);
  if (answer.outcome !== "started") return { outcome: "failed", message: answer.message };
  let { execution } = answer;
  for (let polls = 0; clock.nowMs() - startedMs < withinMs; polls++) {
    if (isEnd(execution.status)) break;
    await pause(POLL_MS[Math.min(polls, POLL_MS.length - 1)] ?? 1_000);
    execution = (await again(connection, execution.id, parts)) ?? execution;
  }
  const tookMs = Math.max(0, clock.nowMs() - startedMs);
  if (execution.status === "succeeded") return { outcome: "passed", tookMs };
  const message = `${NOOP} ${execution.id} is ${execution.status} after ${Math.round(tookMs / 1000)} s`;
  return { outcome: "failed", message };
}

function canaryRequest(cluster: string) {
  const requestId = `canary-${randomUUID()}`;
  return { cluster, action: NOOP, parameters: {}, requestId, taskId: "canary", approvedBy: [] };
}

/** A read that fails is tried again at the next poll. */
async function again(connection: Connection, id: string, parts: ClientParts) {
  return get(connection, id, parts).catch(() => null);
}

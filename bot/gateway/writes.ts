import { bilingual, GATEWAY_KEY, readControl, readRerun, readStart } from "../../core/gateway/index.ts";
import { isJsonObject, type JsonObject } from "../../core/ids/index.ts";
import { authorise, objectOfTask, personNamed } from "../../core/people/index.ts";
import type { RunRequest } from "../../core/runs/index.ts";
import {
  type Control,
  type Order,
  type OrderWish,
  orderKey,
  type RefusalReason,
  type Task,
} from "../../core/tasks/index.ts";
import { textsOf } from "../../core/texts/index.ts";
import { readBody } from "../http/index.ts";
import { fault, noAnswer, warn } from "./answers.ts";
import { readFrom, requestOf, seenBy } from "./ask.ts";
import { type Found, findExecution, heldRow } from "./executions.ts";
import type { Ask, GatewayParts } from "./parts.ts";

const MAX_BODY_BYTES = 1_048_576;

/** The body as bytes, up to what StackStorm's own proxy takes; null when the caller has its answer. */
export async function bytesOf({ ctx }: Ask): Promise<Buffer | null> {
  const body = await readBody(ctx.req, MAX_BODY_BYTES);
  if (body.outcome === "read") return body.bytes;
  ctx.set("Connection", "close");
  fault(
    ctx,
    413,
    bilingual(`请求体超过 ${MAX_BODY_BYTES} 字节`, `the body is larger than ${MAX_BODY_BYTES} bytes`),
  );
  return null;
}

/** The body as an object, empty where there is none; null when the caller has its answer. */
export async function objectOf(
  ask: Ask,
  { readJson }: Pick<GatewayParts, "readJson">,
): Promise<JsonObject | null> {
  const bytes = await bytesOf(ask);
  if (bytes === null) return null;
  if (bytes.length === 0) return {};
  const read = readJson(bytes);
  if (read.outcome === "read" && isJsonObject(read.value)) return read.value as JsonObject;
  const why =
    read.outcome === "refused" ? read.message : bilingual("请求体应为 JSON 对象", "it must be a JSON object");
  fault(ask.ctx, 400, why);
  return null;
}

/** The same `Idempotency-Key` of the same caller counts once. */
function keyOf({ ctx, who }: Ask, { ids }: Pick<GatewayParts, "ids">): string {
  const given = ctx.get("idempotency-key").slice(0, 100);
  return `${GATEWAY_KEY}${who}:${given === "" ? ids.ulid() : given}`;
}

const byOf = (who: string): string => personNamed(who) ?? who;

const REFUSED_STATUS: Record<string, number> = {
  ...{ no_grant: 403, not_allowed: 403, no_allowed_cluster: 403 },
  ...{ too_many: 429, directory_unavailable: 503 },
};

/** `POST /executions`: what is asked for becomes a task, which is shown as a delayed execution until it runs. */
export async function startExecution(ask: Ask, parts: GatewayParts): Promise<void> {
  const body = await objectOf(ask, parts);
  if (body === null) return;
  const by = byOf(ask.who);
  const read = readStart(body, by);
  if (read.outcome === "refused") return fault(ask.ctx, read.status, read.message);
  const { action, parameters, notify, ignored } = read;
  const request = { action, parameters, ...(notify ? { notify } : {}) };
  const task = await askDesk(ask, request, parts);
  if (task === null) return;
  if (ignored.length > 0) warn(ask.ctx, `not carried over: ${ignored.join(", ")}`);
  made(ask, task, parts);
}

/** The task that the desk made of a request; null when the caller has been told why there is none. */
export async function askDesk(
  ask: Ask,
  request: Pick<RunRequest, "action" | "parameters" | "command" | "notify">,
  parts: GatewayParts,
): Promise<Task | null> {
  const key = keyOf(ask, parts);
  const { actor, who, ctx } = ask;
  const token = actor.kind === "user" && actor.token ? { token: actor.token.id } : {};
  const answer = await parts.desk.ask({ ...request, ...token, by: byOf(who), via: "gateway", key });
  if (answer.outcome === "made") return answer.task;
  const { retryAfterMs } = answer;
  if (retryAfterMs !== undefined) ctx.set("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
  fault(ask.ctx, REFUSED_STATUS[answer.reason] ?? 400, answer.message);
  return null;
}

function made({ ctx }: Ask, task: Task, { shown }: GatewayParts): void {
  ctx.status = 201;
  ctx.body = heldRow(task, shown);
}

/** `re_run`: one more task like the ended one, or of its failed steps, with an approval of its own. */
export async function rerunExecution(ask: Ask, parts: GatewayParts): Promise<void> {
  const body = await objectOf(ask, parts);
  if (body === null) return;
  const read = readRerun(body, byOf(ask.who));
  if (read.outcome === "refused") return fault(ask.ctx, read.status, read.message);
  const found = await findExecution(ask, ask.match.params["id"] ?? "", parts);
  if (found.outcome === "answered") return;
  if (!found.task) {
    const en = "Whale did not start this run and may not repeat it; ask for it with POST /executions";
    return fault(ask.ctx, 403, bilingual("这个执行不是鲸启动的，不能重试，请 POST /executions 重新申请", en));
  }
  const { task } = found;
  if (!mayControl(ask, task)) return;
  const order = orderOf(ask, { what: "retry", wish: read.wish }, parts);
  const answer = await parts.orders.retry(task, order, read.wish);
  if (answer.outcome === "refused") return fault(ask.ctx, 400, refusalWords(answer.reason));
  if (answer.outcome === "misfits") return fault(ask.ctx, 400, bilingual(answer.words.zh, answer.words.en));
  made(ask, answer.task, parts);
}

function orderOf(ask: Ask, wish: OrderWish, parts: GatewayParts): Order {
  const entitlement = { outcome: "entitled" as const, groups: [] };
  return { by: byOf(ask.who), entitlement, key: orderKey(keyOf(ask, parts), wish) };
}

function refusalWords(reason: RefusalReason): string {
  return bilingual(textsOf("zh").refusals[reason], textsOf("en").refusals[reason]);
}

/** As over REST: who reaches the task with `tasks.control`. False when the caller has been told. */
function mayControl({ ctx, actor }: Ask, task: Task): boolean {
  const decision = authorise(actor, "tasks.control", objectOfTask(task));
  if (decision.outcome === "allowed") return true;
  fault(ctx, 403, bilingual(decision.message.zh, decision.message.en));
  return false;
}

/** `PUT` and `DELETE` of an execution. What Whale started is ordered of its task, the rest of its cluster. */
export async function controlExecution(ask: Ask, parts: GatewayParts): Promise<void> {
  const what = await wantedOf(ask, parts);
  if (what === null) return;
  const id = ask.match.params["id"] ?? "";
  const found = await findExecution(ask, id, parts);
  if (found.outcome === "answered") return;
  if (found.task && !mayControl(ask, found.task)) return;
  if (found.task) return orderControl(ask, { found, task: found.task, what }, parts);
  if (found.outcome === "execution") await controlForeign(ask, { found, what }, parts);
}

async function wantedOf(ask: Ask, parts: GatewayParts): Promise<Control | null> {
  if (ask.match.route.method === "DELETE") return "cancel";
  const body = await objectOf(ask, parts);
  const read = body === null ? null : readControl(body);
  if (read?.outcome === "refused") fault(ask.ctx, 400, read.message);
  return read?.outcome === "read" ? read.what : null;
}

interface Ordering {
  found: Exclude<Found, { outcome: "answered" }>;
  task: Task;
  what: Control;
}

async function orderControl(ask: Ask, { found, task, what }: Ordering, parts: GatewayParts): Promise<void> {
  const result = await parts.orders.control(task, what, orderOf(ask, { what }, parts));
  if (result.outcome === "refused" && result.reason !== "already_counted") {
    return notControlled(ask, refusalWords(result.reason));
  }
  if (found.outcome === "held") {
    ask.ctx.body = heldRow(result.task, parts.shown);
    return;
  }
  // The order is stored; a worker asks StackStorm for it, and until then the run is on its way there.
  await showExecution(ask, { found, status: UNDER_WAY[what] }, parts);
}

const UNDER_WAY = { cancel: "canceling", pause: "pausing", resume: "resuming" } as const;

/** StackStorm refuses a cancel with 200 and a fault in it, and its clients look for that. */
function notControlled({ ctx, match }: Ask, message: string): void {
  fault(ctx, match.route.method === "DELETE" ? 200 : 400, message);
}

interface Showing {
  found: Extract<Found, { outcome: "execution" }>;
  status: string;
}

async function showExecution(ask: Ask, { found, status }: Showing, parts: GatewayParts): Promise<void> {
  const look = { service: "api", method: "GET", query: "exclude_attributes=result" } as const;
  const request = requestOf(ask, { ...look, path: `/v1/executions/${found.id}` });
  const read = await readFrom(found.cluster, request, parts);
  if (read.outcome !== "ok" || !isJsonObject(read.body)) return noAnswer(ask.ctx, [found.cluster]);
  const id = ask.match.params["id"] ?? found.id;
  ask.ctx.body = { ...read.body, id, ...(read.body["end_timestamp"] ? {} : { status }) };
}

interface Foreign {
  found: Extract<Found, { outcome: "execution" }>;
  what: Control;
}

/** Recorded before it is asked for. */
async function controlForeign(ask: Ask, { found, what }: Foreign, parts: GatewayParts): Promise<void> {
  const { cluster, id } = found;
  const seen = seenBy(ask, parts)?.find(({ name }) => name === cluster);
  if (seen?.view !== "all") return;
  await parts.audit.append({
    ...{ at: new Date(parts.identity.clock.nowMs()).toISOString(), who: ask.who, what: "task.order" },
    ...{ object: `execution:${id}`, detail: { cluster, order: what, via: "gateway" } },
  });
  const outcome = await parts.executor.control({ cluster, executionId: id, what });
  if (outcome.outcome === "open") return noAnswer(ask.ctx, [cluster]);
  if (outcome.outcome === "refused") return notControlled(ask, outcome.message);
  await showExecution(ask, { found, status: outcome.execution.status }, parts);
}

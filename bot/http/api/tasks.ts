import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { readRetryBody } from "../../../core/commands/index.ts";
import { isTaskId } from "../../../core/ids/index.ts";
import { objectOfTask, personNamed } from "../../../core/people/index.ts";
import type { Ids, TaskStore } from "../../../core/ports/index.ts";
import {
  CONTROLS,
  type Order,
  type OrderWish,
  orderKey,
  type RefusalReason,
  type RetryWish,
  type StepResult,
  type Task,
} from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import type { TaskOrders } from "../../orders/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { jsonBody, type ReadJson } from "./json-body.ts";

export interface TaskDeps extends ApiDeps {
  tasks: Pick<TaskStore, "get">;
  orders: TaskOrders;
  ids: Ids;
  readJson: ReadJson;
}

type Handler = (ctx: RouterContext, deps: TaskDeps) => Promise<void>;

const ONE = "/api/v1/tasks/:id";

/** What may be ordered of a task over REST. Sent again with its `Idempotency-Key` it counts once. */
export function taskRoutes(router: Router, deps: TaskDeps): void {
  const answered = (handler: Handler) => answering(deps.log, (ctx: RouterContext) => handler(ctx, deps));
  for (const what of CONTROLS) {
    const handler: Handler = async (ctx) => {
      const asked = await asking(ctx, deps);
      if (asked) tell(ctx, await deps.orders.control(asked.task, what, asked.orderOf({ what })));
    };
    router.post(`${ONE}/${what}`, answered(handler));
  }
  router.post(`${ONE}/adopt`, answered(adopt));
  router.post(`${ONE}/retry`, answered(retry));
}

interface Asking {
  task: Task;
  /** The caller's order, once it is known what it wants. */
  orderOf: (wish: OrderWish) => Order;
}

/** Null when the caller has had the answer. */
async function asking(ctx: RouterContext, deps: TaskDeps): Promise<Asking | null> {
  const caller = await deps.guard(ctx, "tasks.control", "some");
  if (caller.outcome === "answered") return null;
  const id = ctx.params["id"] ?? "";
  const task = isTaskId(id) ? await deps.tasks.get(id) : null;
  if (!task) {
    refuseApi(ctx, 404, { code: "unknown_task", message: "没有这个任务 (no such task)" });
    return null;
  }
  if (!caller.permits(objectOfTask(task))) return null;
  const given = ctx.get("idempotency-key").slice(0, 100);
  const name = `rest:${caller.who}:${given === "" ? deps.ids.ulid() : given}`;
  const by = personNamed(caller.who) ?? caller.who;
  const common = { by, entitlement: { outcome: "entitled" as const, groups: [] } };
  return { task, orderOf: (wish) => ({ ...common, key: orderKey(name, wish) }) };
}

/** 202: what was ordered is stored; what comes of it, the task tells. */
function tell(ctx: RouterContext, result: StepResult): void {
  if (result.outcome === "refused" && result.reason !== "already_counted") {
    decline(ctx, result.reason);
    return;
  }
  const { id, state, reason } = result.task;
  ctx.status = 202;
  ctx.body = { task: id, state, reason };
}

function decline(ctx: RouterContext, reason: RefusalReason): void {
  const message = `${textsOf("zh").refusals[reason]} (${textsOf("en").refusals[reason]})`;
  refuseApi(ctx, 409, { code: reason, message });
}

async function adopt(ctx: RouterContext, deps: TaskDeps): Promise<void> {
  const asked = await asking(ctx, deps);
  if (!asked) return;
  const body = await jsonBody(ctx, deps.readJson);
  if (body === null) return;
  const { execution } = body;
  if (typeof execution !== "string" || !/^[A-Za-z0-9]{1,64}$/.test(execution)) {
    const message = "execution 应为一个执行的编号 (execution must be the id of one execution)";
    refuseApi(ctx, 422, { code: "bad_execution", message });
    return;
  }
  const order = asked.orderOf({ what: "adopt", execution });
  tell(ctx, await deps.orders.adopt(asked.task, execution, order));
}

async function retry(ctx: RouterContext, deps: TaskDeps): Promise<void> {
  const asked = await asking(ctx, deps);
  if (!asked) return;
  const wish = await wishOf(ctx, deps);
  if (wish === null) return;
  const answer = await deps.orders.retry(asked.task, asked.orderOf({ what: "retry", wish }), wish);
  if (answer.outcome === "refused") return decline(ctx, answer.reason);
  if (answer.outcome === "misfits") {
    const { zh, en } = answer.words;
    return refuseApi(ctx, 422, { code: "bad_parameters", message: `${zh} (${en})` });
  }
  const { id, state, retryOf } = answer.task;
  ctx.status = 201;
  ctx.body = { task: id, state, retryOf };
}

/** How it is to be run once more; without a body just as it was. Null when the caller has had the answer. */
async function wishOf(ctx: RouterContext, { readJson }: TaskDeps): Promise<RetryWish | null> {
  if (!ctx.get("content-type") && !ctx.request.length) return {};
  const body = await jsonBody(ctx, readJson);
  if (body === null) return null;
  const read = readRetryBody(body);
  if (read.outcome === "read") return read.wish;
  const { field } = read;
  const message = `字段 ${field} 不对：可给 rerun（all 或 failed），或 cluster 和 parameters (${field} is none of rerun, all or failed, cluster and parameters)`;
  refuseApi(ctx, 422, { code: "bad_retry", message });
  return null;
}

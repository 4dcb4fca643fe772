import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { isTaskId } from "../../../core/ids/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import { inScope, objectOfTask } from "../../../core/people/index.ts";
import type { TaskStore } from "../../../core/ports/index.ts";
import { OPEN_STATES, TASK_STATES, type Task, TERMINAL_STATES } from "../../../core/tasks/index.ts";
import { type TaskPlace, tasksBehind } from "../../tasks-behind.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { type QueryReader, queryReader, refuseQuery } from "./query.ts";
import { briefTask, shownTask } from "./task-answers.ts";

export interface TaskReadDeps extends ApiDeps {
  tasks: Pick<TaskStore, "get" | "list" | "findByPrefix">;
  /** What may be seen of what tasks run. */
  shown: ShowRun;
}

const ALL = "/api/v1/tasks";
/** One request looks at no more tasks than so; where it ends, the next page begins. */
const MOST_LOOKED_AT = 2_000;
const STATE_WORDS = [...TASK_STATES, "open", "ended"] as const;

/** `GET /api/v1/tasks`: what there is, newest first. `GET /api/v1/tasks/:id`: one, by its id or the beginning of it. */
export function taskReadRoutes(router: Router, deps: TaskReadDeps): void {
  router.get(
    ALL,
    answering(deps.log, (ctx: RouterContext) => list(ctx, deps)),
  );
  router.get(
    `${ALL}/:id`,
    answering(deps.log, (ctx: RouterContext) => one(ctx, deps)),
  );
}

async function list(ctx: RouterContext, { guard, tasks, shown }: TaskReadDeps): Promise<void> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  const read = queryReader(ctx.query);
  const states = statesIn(read);
  const fits = fitting(read);
  const limit = read.whole("limit", { fallback: 50, max: 500 });
  const after = placeIn(read);
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const found: Task[] = [];
  let [looked, last]: [number, Task | null] = [0, null];
  const walk = tasksBehind(tasks, { ...(states ? { states } : {}), ...(after ? { after } : {}) });
  for await (const task of walk) {
    if (found.length === limit || looked === MOST_LOOKED_AT) {
      return answer(ctx, { found, next: last && placeText(last), shown });
    }
    looked += 1;
    last = task;
    if (fits(task) && inScope(caller.scope, objectOfTask(task))) found.push(task);
  }
  answer(ctx, { found, next: null, shown });
}

function answer(
  ctx: RouterContext,
  { found, next, shown }: { found: readonly Task[]; next: string | null; shown: ShowRun },
): void {
  ctx.body = { tasks: found.map((task) => briefTask(task, shown)), next };
}

function statesIn(read: QueryReader): Task["state"][] | undefined {
  const words = read.listOf("state", STATE_WORDS);
  const states = words?.flatMap((word) => {
    if (word === "open") return [...OPEN_STATES];
    return word === "ended" ? [...TERMINAL_STATES] : [word];
  });
  return states && [...new Set(states)];
}

function fitting(read: QueryReader): (task: Task) => boolean {
  const wanted: [values: string[] | undefined, of: (task: Task) => string][] = [
    [read.list("rule"), ({ ruleId }) => ruleId],
    [read.list("source"), ({ event }) => event.source],
    [read.list("business"), ({ business }) => business],
  ];
  return (task) => wanted.every(([values, of]) => values === undefined || values.includes(of(task)));
}

function placeIn(read: QueryReader): TaskPlace | undefined {
  const text = read.text("after");
  if (text === undefined) return undefined;
  const [, ms = "", id = ""] = /^(\d{1,15})\.(t_.+)$/.exec(text) ?? [];
  if (isTaskId(id)) return { createdAtMs: Number(ms), id };
  read.fault("after", "应为上一页的 next (must be the next of the page before)");
  return undefined;
}

function placeText({ createdAtMs, id }: TaskPlace): string {
  return `${createdAtMs}.${id}`;
}

async function one(ctx: RouterContext, { guard, tasks, shown }: TaskReadDeps): Promise<void> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  const found = await tasksCalled(ctx.params["id"] ?? "", tasks);
  const [task] = found;
  if (!task) {
    const message =
      "没有这个任务，编号至少写前 4 位 (no such task; give its id or at least its first 4 characters)";
    return refuseApi(ctx, 404, { code: "unknown_task", message });
  }
  if (found.length > 1) {
    const message = "对应多个任务，请多输入几位 (several tasks begin like this, give more of the id)";
    return refuseApi(ctx, 409, { code: "ambiguous_task", message });
  }
  if (caller.permits(objectOfTask(task))) ctx.body = { task: shownTask(task, shown) };
}

const SHORTEST = 4;

/** The task of this id, or up to two that begin like it. */
async function tasksCalled(typed: string, tasks: TaskReadDeps["tasks"]): Promise<Task[]> {
  if (isTaskId(typed)) {
    const task = await tasks.get(typed);
    return task ? [task] : [];
  }
  const prefix = typed.replace(/^t_/, "").toLowerCase();
  const isPrefix = prefix.length >= SHORTEST && /^[a-z2-7]{1,52}$/.test(prefix);
  return isPrefix ? tasks.findByPrefix(prefix, 2) : [];
}

import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { beginningOfId, isTaskId } from "../../../core/ids/index.ts";
import type { ShowRun } from "../../../core/pages/index.ts";
import { inScope, objectOfTask } from "../../../core/people/index.ts";
import type { TaskStore } from "../../../core/ports/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { answering, refuseApi } from "./answers.ts";
import type { ApiDeps } from "./guard.ts";
import { queryReader, refuseQuery } from "./query.ts";
import { briefTask, shownTask } from "./task-answers.ts";
import { taskListQuery, taskPage } from "./task-list.ts";

export interface TaskReadDeps extends ApiDeps {
  tasks: Pick<TaskStore, "get" | "list" | "findByPrefix">;
  /** What may be seen of what tasks run. */
  shown: ShowRun;
}

const ALL = "/api/v1/tasks";

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
  const query = taskListQuery(read);
  const faults = read.faults();
  if (faults.length > 0) return refuseQuery(ctx, faults);
  const page = await taskPage(tasks, query, (task) => inScope(caller.scope, objectOfTask(task)));
  ctx.body = { tasks: page.tasks.map((task) => briefTask(task, shown)), next: page.next };
}

async function one(ctx: RouterContext, { guard, tasks, shown }: TaskReadDeps): Promise<void> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return;
  const sees = (task: Task) => inScope(caller.scope, objectOfTask(task));
  const found = await tasksCalled(ctx.params["id"] ?? "", { tasks, sees });
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

/** Nobody guesses a whole id; behind a beginning, what its reader may not see is as if it were not there. */
const MOST_BEGIN_SO = 100;

/** The task of this id, or those that begin like it and that the caller sees. */
async function tasksCalled(
  typed: string,
  { tasks, sees }: { tasks: TaskReadDeps["tasks"]; sees: (task: Task) => boolean },
): Promise<Task[]> {
  if (isTaskId(typed)) {
    const task = await tasks.get(typed);
    return task ? [task] : [];
  }
  const beginning = beginningOfId(typed);
  if (beginning === null || beginning.length < SHORTEST) return [];
  return (await tasks.findByPrefix(beginning, MOST_BEGIN_SO)).filter(sees);
}

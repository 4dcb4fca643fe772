import { PassThrough } from "node:stream";
import type Router from "koa-router";
import type { RouterContext } from "koa-router";
import { outputText } from "../../../core/cards/index.ts";
import { isChatOpsError } from "../../../core/errors.ts";
import { isTaskId, shortId } from "../../../core/ids/index.ts";
import { objectOfTask } from "../../../core/people/index.ts";
import type { Executor, TaskStore } from "../../../core/ports/index.ts";
import type { ExecutionRecord, Task } from "../../../core/tasks/index.ts";
import type { LongAnswers } from "../long-answers.ts";
import { answering, refuseApi } from "./answers.ts";
import { type AuditedDeps, recordDeed } from "./audited.ts";
import type { ApiDeps, LetIn } from "./guard.ts";
import { lineByLine } from "./lines.ts";
import { resultFileOf, sendFile } from "./result-file.ts";

export interface TaskOutputDeps extends ApiDeps, AuditedDeps {
  tasks: Pick<TaskStore, "get">;
  executor: Pick<Executor, "output" | "result" | "tail">;
  longAnswers: Pick<LongAnswers, "keep">;
  /** How to hide what is secret of a task in a text. */
  hideIn: (task: Task) => (text: string) => string;
}

/** So much waits for a reader that does not take it; then the connection is cut. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * `GET /api/v1/tasks/:id/output`: what its run has put out, or with `follow=1` also what it puts out from now on.
 * `GET /api/v1/tasks/:id/result`: the whole result as a file.
 */
export function taskOutputRoutes(router: Router, deps: TaskOutputDeps): void {
  router.get(
    "/api/v1/tasks/:id/result",
    answering(deps.log, (ctx: RouterContext) => sendResult(ctx, deps)),
  );
  router.get(
    "/api/v1/tasks/:id/output",
    answering(deps.log, (ctx: RouterContext) => sendOutput(ctx, deps)),
  );
}

async function sendOutput(ctx: RouterContext, deps: TaskOutputDeps): Promise<void> {
  const reading = await readingOf(ctx, deps);
  if (!reading) return;
  const { task, who } = reading;
  const { execution } = task;
  const follows = ctx.query["follow"] === "1";
  const detail = { command: follows ? "follow" : "download", execution: execution?.id ?? null };
  await recordDeed(deps, { who, what: "tasks.output", object: task.id, detail });
  const hide = deps.hideIn(task);
  if (follows && execution && execution.result === undefined) return follow(ctx, { execution, hide }, deps);
  const whole = await wholeOutput(ctx, execution, deps);
  if (whole === null) return;
  asText(ctx);
  ctx.attachment(`whale-${shortId(task.id)}.txt`);
  ctx.body = hide(whole);
}

/** The task that somebody may read; null when the request has been answered. */
async function readingOf(
  ctx: RouterContext,
  { guard, tasks }: TaskOutputDeps,
): Promise<(Pick<LetIn, "who"> & { task: Task }) | null> {
  const caller = await guard(ctx, "tasks.read", "some");
  if (caller.outcome === "answered") return null;
  const id = ctx.params["id"] ?? "";
  const task = isTaskId(id) ? await tasks.get(id) : null;
  if (task) return caller.permits(objectOfTask(task)) ? { task, who: caller.who } : null;
  refuseApi(ctx, 404, { code: "unknown_task", message: "没有这个任务 (no such task)" });
  return null;
}

async function sendResult(ctx: RouterContext, deps: TaskOutputDeps): Promise<void> {
  const reading = await readingOf(ctx, deps);
  if (!reading) return;
  const { task, who } = reading;
  const detail = { command: "result", execution: task.execution?.id ?? null };
  await recordDeed(deps, { who, what: "tasks.output", object: task.id, detail });
  const file = await resultFileOf(task, { executor: deps.executor, hide: deps.hideIn(task) });
  switch (file.outcome) {
    case "file":
      return sendFile(ctx, { ...file, type: "application/json; charset=utf-8" });
    case "none":
      return refuseApi(ctx, 404, {
        code: "no_result",
        message: "还没有结果，或没有执行过 (there is no result, or not yet)",
      });
    case "unread":
      return refuseApi(ctx, 503, {
        code: "engine_unreachable",
        message: `读不到结果 (cannot be read): ${file.why}`,
      });
    default:
      return file satisfies never;
  }
}

/** Null when the request has been answered. */
async function wholeOutput(
  ctx: RouterContext,
  execution: ExecutionRecord | null,
  { executor }: TaskOutputDeps,
): Promise<string | null> {
  if (!execution) return "";
  if (execution.result !== undefined) return outputText(execution.result);
  try {
    return await executor.output(execution.cluster, execution.id);
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    refuseApi(ctx, 503, {
      code: "engine_unreachable",
      message: `读不到输出 (cannot be read): ${error.message}`,
    });
    return null;
  }
}

function asText(ctx: RouterContext): void {
  ctx.type = "text/plain; charset=utf-8";
  ctx.set("X-Content-Type-Options", "nosniff");
  // A proxy in between must pass each piece on.
  ctx.set("X-Accel-Buffering", "no");
}

interface Following {
  execution: ExecutionRecord;
  hide: (text: string) => string;
}

/** Piece by piece until the run ends or the reader goes. Where it is cut off, the connection breaks: a part is no whole. */
function follow(ctx: RouterContext, { execution, hide }: Following, deps: TaskOutputDeps): void {
  const leaving = new AbortController();
  const stream = new PassThrough();
  deps.longAnswers.keep(ctx.res);
  ctx.res.on("close", () => leaving.abort());
  stream.on("close", () => leaving.abort());
  const lines = lineByLine((line) => {
    stream.write(hide(line));
    if (stream.writableLength > MOST_WAITING_BYTES) stream.destroy();
  });
  const run = { cluster: execution.cluster, executionId: execution.id };
  void deps.executor.tail(run, lines.take, leaving.signal).then((end) => {
    if (end.outcome === "cut") {
      deps.log.info({ executionId: execution.id, reason: end.message }, "output is heard no more");
      return void ctx.res.destroy();
    }
    lines.end();
    stream.end();
  });
  ctx.status = 200;
  ctx.body = stream;
  asText(ctx);
  ctx.flushHeaders();
}

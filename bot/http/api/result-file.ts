import { Readable } from "node:stream";
import type { Context } from "koa";
import { isChatOpsError } from "../../../core/errors.ts";
import { shortId } from "../../../core/ids/index.ts";
import type { Executor } from "../../../core/ports/index.ts";
import { isTerminal, type Task } from "../../../core/tasks/index.ts";
import { changedLines } from "./lines.ts";

/** The result of a task's run as a file to be read, or why there is none. `none`: it has none, or not yet. */
export type ResultFile =
  | { outcome: "file"; name: string; body: Readable }
  | { outcome: "none" }
  | { outcome: "unread"; why: string };

/**
 * The whole result as JSON, with secrets hidden: what is kept of it, else what the engine has, piece by piece, so that
 * its size does not matter. Where the engine breaks off, reading the body fails: a part is no whole.
 */
export async function resultFileOf(
  task: Task,
  { executor, hide }: { executor: Pick<Executor, "result">; hide: (text: string) => string },
): Promise<ResultFile> {
  const { execution, state } = task;
  if (!execution || !isTerminal(state)) return { outcome: "none" };
  try {
    const kept = execution.result;
    const pieces =
      kept === undefined
        ? await executor.result(execution.cluster, execution.id)
        : inOnePiece(JSON.stringify(kept, null, 2));
    if (pieces === null) return { outcome: "none" };
    const body = Readable.from(changedLines(pieces, hide), { objectMode: false });
    return { outcome: "file", name: `whale-${shortId(task.id)}-result.json`, body };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { outcome: "unread", why: error.message };
  }
}

async function* inOnePiece(text: string): AsyncGenerator<string> {
  yield text;
}

/** Sends a file that no browser shows, runs or keeps. */
export function sendFile(ctx: Context, file: { name: string; type: string; body: Readable | string }): void {
  ctx.set("Content-Security-Policy", "default-src 'none'; sandbox");
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.set("Cache-Control", "no-store");
  ctx.set("Referrer-Policy", "no-referrer");
  // A proxy in between must pass each piece on.
  ctx.set("X-Accel-Buffering", "no");
  ctx.set("Content-Disposition", `attachment; filename="${file.name}"`);
  ctx.body = file.body;
  // The connection breaks where the body does, so that nobody takes a part for the whole.
  if (typeof file.body !== "string") file.body.on("error", () => ctx.res.destroy());
  ctx.type = file.type;
}

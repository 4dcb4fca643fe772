import type { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { mintedId } from "../../core/gateway/index.ts";
import { isTerminal, type Task } from "../../core/tasks/index.ts";
import { renamed } from "./answers.ts";
import { requestOf, send } from "./ask.ts";
import { findExecution, passOn } from "./executions.ts";
import type { Ask, GatewayParts } from "./parts.ts";
import { openStream } from "./streams.ts";

/** How StackStorm ends the output of a run (reference/stackstorm.md section 8). */
const END = "event: EOF\ndata: ''\n\n";
/** Somebody decides in between, so that nobody notices. */
const LOOK_MS = 1_000;

/** `GET /stream/v1/executions/{id}/output`. That of a start that waits is silent until it runs. */
export async function streamOutput(ask: Ask, parts: GatewayParts): Promise<void> {
  const { id = "" } = ask.match.params;
  const found = await findExecution(ask, id, parts);
  if (found.outcome === "answered") return;
  if (found.outcome === "execution") {
    parts.longAnswers.keep(ask.ctx.res);
    return passOn(ask, id, { found, parts });
  }
  const { out, signal } = openStream(ask.ctx, parts);
  const going = waitAndPass(found.task, { ask, out, signal, parts });
  going.catch((error: unknown) => {
    parts.log.warn({ taskId: found.task.id, err: error }, "the output of a start that waits cannot be told");
    out.destroy();
  });
}

interface Waiting {
  ask: Ask;
  out: PassThrough;
  signal: AbortSignal;
  parts: GatewayParts;
}

async function waitAndPass(held: Task, { ask, out, signal, parts }: Waiting): Promise<void> {
  let task: Task | null = held;
  while (task && !task.execution && !isTerminal(task.state) && !signal.aborted) {
    await pause(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    task = await parts.tasks.get(held.id);
  }
  if (signal.aborted) return;
  if (!task?.execution) return void out.end(END);
  const { cluster, id: real } = task.execution;
  const shown = mintedId(task.id);
  const answer = await send(cluster, requestOf(ask, { path: ask.path.replace(shown, real) }), parts);
  // A client that is cut off comes again, and is then answered by the cluster itself.
  if (answer?.statusCode !== 200) return void out.destroy();
  signal.addEventListener("abort", () => void answer.destroy(), { once: true });
  answer.on("error", () => out.destroy());
  answer.pipe(renamed({ real, shown })).pipe(out);
}

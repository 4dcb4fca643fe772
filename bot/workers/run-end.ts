import { errorText } from "../../core/errors.ts";
import type { Execution, Executor, Logger } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { clustersOf, type Finder, findAt, sightOf } from "./sighting.ts";

export interface RunEndDeps {
  executor: Finder & Pick<Executor, "retryPolicies">;
  log: Logger;
}

/** What an execution's end is to its task. */
export type RunEnd =
  | { outcome: "over"; doubles: readonly string[] }
  /** StackStorm's retry policy has followed it up already. */
  | { outcome: "goes_on"; execution: Execution; between: readonly string[] }
  /** It may still be followed up, or that is not known yet: look again soon. */
  | { outcome: "wait" };

/** Beyond a policy's own delay: the notifier works off a queue. */
const GRACE_MS = 5_000;
/** So long an end is kept open while StackStorm does not say what followed it. */
const PATIENCE_MS = 60_000;
const OVER: RunEnd = { outcome: "over", doubles: [] };

/**
 * Judges the end of an execution: once more it is looked for by the request id, which shows automatic retries of it
 * and starts that must not be (reference/stackstorm.md section 9, point 7). `endedForMs` is how long the end is known.
 */
export async function judgeEnd(
  task: Task,
  execution: Execution,
  endedForMs: number,
  deps: RunEndDeps,
): Promise<RunEnd> {
  const { start } = task;
  if (!start || execution.cluster !== start.cluster) return OVER;
  const found = await findAt(task, { cluster: start.cluster, no: start.no }, deps.executor);
  if (found.outcome === "unreachable") return endedForMs < PATIENCE_MS ? { outcome: "wait" } : OVER;
  // An execution that a person adopted carries no request id: then nothing is found.
  if (found.outcome === "absent") return OVER;
  const { attempts } = found;
  const known = attempts.findIndex(({ id }) => id === execution.id);
  const isOfThis = execution.id === found.execution.id || known >= 0;
  const later = isOfThis ? attempts.slice(known + 1) : [];
  const next = later.at(-1);
  if (next) return { outcome: "goes_on", execution: next, between: later.slice(0, -1).map(({ id }) => id) };
  if (await mayFollow(execution, { made: known + 1, endedForMs }, deps)) return { outcome: "wait" };
  const starts = [...(isOfThis ? [] : [found.execution.id]), ...found.doubles];
  const others = [...starts, ...(await earlierStarts(task, deps.executor))];
  return { outcome: "over", doubles: others.filter((id) => id !== execution.id) };
}

/** Starts under earlier numbers that went through after all, as far as that can be seen now. */
async function earlierStarts(task: Task, executor: Finder): Promise<string[]> {
  if (task.startNo === 1 || task.rerunOf) return [];
  const sighting = await sightOf({ ...task, startNo: task.startNo - 1 }, clustersOf(task), executor);
  if (sighting.outcome !== "found") return [];
  return [sighting.execution.id, ...(sighting.doubles ?? [])];
}

/** Whether a retry policy may still make another attempt. */
async function mayFollow(
  { cluster, action, status }: Execution,
  { made, endedForMs }: { made: number; endedForMs: number },
  { executor, log }: RunEndDeps,
): Promise<boolean> {
  if (status !== "failed" && status !== "timeout") return false;
  try {
    const policies = await executor.retryPolicies(cluster, action);
    return policies.some(({ on, maxAttempts, delayMs }) => {
      return on === status && made < maxAttempts && endedForMs < delayMs + GRACE_MS;
    });
  } catch (error) {
    log.warn({ cluster, action, reason: errorText(error) }, "retry policies could not be read");
    return endedForMs < GRACE_MS;
  }
}

import type { Execution, Executor } from "../../core/ports/index.ts";
import {
  isTerminal,
  type Progress,
  progressOf,
  type RunBelow,
  type RunsBelow,
  type Task,
} from "../../core/tasks/index.ts";
import { within } from "./within.ts";

export const NO_RUNS: RunsBelow = { runs: [], isWhole: true };

/** Workflows start workflows; who wants to see deeper has the engine's own pages. */
const DEEPEST = 4;
/** A workflow over a thousand machines may start a workflow on each. */
const MOST_READS = 20;

interface Growing extends RunBelow {
  below: Growing[];
}

/**
 * What is below a run, level by level, bounded in depth and in requests. Throws when the engine cannot say what is
 * directly below it; what it does not tell of deeper levels is left out.
 */
export async function runsBelow(
  { cluster, id }: { cluster: string; id: string },
  executor: Pick<Executor, "children">,
): Promise<RunsBelow> {
  const runs = growing(await executor.children(cluster, id));
  let [level, reads, isWhole] = [runs, 1, true];
  for (let depth = 2; level.length > 0; depth++) {
    const workflows = level.filter(({ run }) => run.isWorkflow);
    const read = depth > DEEPEST ? [] : workflows.slice(0, MOST_READS - reads);
    const isRead = await Promise.all(read.map((one) => grow(one, executor)));
    isWhole &&= isRead.every(Boolean) && read.length === workflows.length;
    reads += read.length;
    level = read.flatMap(({ below }) => below);
  }
  return { runs, isWhole };
}

function growing(children: readonly Execution[]): Growing[] {
  return children.map((run) => ({ run, below: [] }));
}

async function grow(one: Growing, executor: Pick<Executor, "children">): Promise<boolean> {
  try {
    one.below = growing(await executor.children(one.run.cluster, one.run.id));
    return true;
  } catch {
    // A part of the picture is better than none; that it is a part is told.
    return false;
  }
}

/** How far the run of a task is, for a card or a message; null where there is nothing to tell or the engine does not say. */
export async function progressNow(
  { execution, state }: Pick<Task, "execution" | "state">,
  executor: Pick<Executor, "children">,
): Promise<Progress | null> {
  if (!execution || isTerminal(state)) return null;
  const found = await within(runsBelow(execution, executor));
  return "why" in found ? null : progressOf(found.value);
}

import type { Execution } from "../ports/executor.ts";
import { isEnd } from "./on-execution.ts";

/** A run below a workflow, with those below it as far as they were looked at. */
export interface RunBelow {
  run: Execution;
  below: readonly RunBelow[];
}

/** What was found below a run, oldest first. `isWhole`: nothing was left out. */
export interface RunsBelow {
  runs: readonly RunBelow[];
  isWhole: boolean;
}

/** How far a workflow is, counted over what does the work: a workflow within it counts by the runs below it. */
export interface Progress {
  total: number;
  done: number;
  running: number;
  failed: number;
  /** Actions that run now, each once, the one that began first in front. */
  current: readonly string[];
  /** Nothing was left out. */
  isWhole: boolean;
}

const MOST_NAMED = 3;

/** Counts what is below a workflow; null where there is nothing, as of an execution that is no workflow. */
export function progressOf({ runs, isWhole }: RunsBelow): Progress | null {
  const counted = workersOf(runs);
  if (counted.length === 0) return null;
  const over = counted.filter(({ status }) => isEnd(status));
  const done = over.filter(({ status }) => status === "succeeded").length;
  const open = counted.filter(({ status }) => !isEnd(status));
  return {
    ...{ total: counted.length, done, failed: over.length - done, running: open.length, isWhole },
    current: [...new Set(open.map(({ action }) => action))].slice(0, MOST_NAMED),
  };
}

/** A workflow below which nothing is known stands for itself. */
function workersOf(runs: readonly RunBelow[]): Execution[] {
  return runs.flatMap(({ run, below }) => (below.length === 0 ? [run] : workersOf(below)));
}

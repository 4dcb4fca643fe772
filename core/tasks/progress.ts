import type { Execution } from "../ports/executor.ts";
import { isEnd } from "./on-execution.ts";

/** How far a workflow is, counted over its direct children. */
export interface Progress {
  total: number;
  done: number;
  running: number;
  failed: number;
  /** Actions that run now, each once, the one that began first in front. */
  current: readonly string[];
}

const MOST_NAMED = 3;

/** Counts a workflow's children; null where there are none, as of an execution that is no workflow. */
export function progressOf(children: readonly Pick<Execution, "action" | "status">[]): Progress | null {
  if (children.length === 0) return null;
  const over = children.filter(({ status }) => isEnd(status));
  const done = over.filter(({ status }) => status === "succeeded").length;
  const open = children.filter(({ status }) => !isEnd(status));
  return {
    ...{ total: children.length, done, failed: over.length - done, running: open.length },
    current: [...new Set(open.map(({ action }) => action))].slice(0, MOST_NAMED),
  };
}

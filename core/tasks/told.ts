import type { Json } from "../ids/index.ts";
import type { ShowRun } from "../pages/secrets.ts";
import type { RerunOf } from "./retry-plan.ts";
import type { Task } from "./task.ts";

/** How a task stands, where it went and why, and in what a retry differs, for programs. */
export interface ToldTask extends Pick<Task, "state" | "reason" | "choice" | "retryOf"> {
  task: string;
  rerunOf?: Pick<RerunOf, "cluster" | "executionId" | "steps">;
  changed?: { name: string; before?: Json; after: Json }[];
}

/** A task as it is told; secrets are masked. */
export function toldTask(task: Task, shown: ShowRun): ToldTask {
  const { id, state, reason, choice, retryOf, rerunOf, changed } = task;
  return {
    ...{ task: id, state, reason },
    ...(choice ? { choice } : {}),
    ...(retryOf === undefined ? {} : { retryOf }),
    ...(rerunOf ? { rerunOf: told(rerunOf) } : {}),
    ...(changed ? { changed: changesOf(task, shown) } : {}),
  };
}

function told({ cluster, executionId, steps }: RerunOf): NonNullable<ToldTask["rerunOf"]> {
  return { cluster, executionId, steps };
}

function changesOf(task: Task, shown: ShowRun): NonNullable<ToldTask["changed"]> {
  const { changed = [], params } = task;
  const { shownValue } = shown(task);
  return changed.map(({ name, before }) => {
    const was = before === undefined ? {} : { before: shownValue(name, before) };
    return { name, ...was, after: shownValue(name, params[name] ?? null) };
  });
}

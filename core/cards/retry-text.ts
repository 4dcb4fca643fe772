import type { Json } from "../ids/index.ts";
import type { RunOf } from "../pages/secrets.ts";
import type { Task } from "../tasks/index.ts";
import { valueText } from "./param-value.ts";
import type { Viewing } from "./viewing.ts";

/** In what a retry differs from the task that it is of; empty where in nothing, and for any other task. */
export function retryText(
  task: RunOf & Pick<Task, "rerunOf" | "changed">,
  { texts: { retries }, shown }: Pick<Viewing, "texts" | "shown">,
): string {
  const { rerunOf, changed = [], params } = task;
  if (rerunOf) return rerunOf.steps.length > 0 ? retries.steps(rerunOf.steps.join(" ")) : retries.all;
  const { shownValue } = shown(task);
  const textOf = (name: string, value: Json) => valueText(shownValue(name, value));
  return changed
    .map(({ name, before }) => {
      const after = textOf(name, params[name] ?? null);
      return retries.change({ name, before: before === undefined ? null : textOf(name, before), after });
    })
    .join("; ");
}

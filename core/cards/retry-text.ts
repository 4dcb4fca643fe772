import type { Json } from "../ids/index.ts";
import type { RunOf } from "../pages/secrets.ts";
import type { RerunOf, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { valueText } from "./param-value.ts";
import type { Viewing } from "./viewing.ts";

/** In what a retry differs from the task that it is of; empty where in nothing, and for any other task. */
export function retryText(
  task: RunOf & Pick<Task, "rerunOf" | "changed">,
  { texts: { retries }, shown }: Pick<Viewing, "texts" | "shown">,
): string {
  const { rerunOf, changed = [], params } = task;
  if (rerunOf) return rerunText(rerunOf, retries);
  const { shownValue } = shown(task);
  const textOf = (name: string, value: Json) => valueText(shownValue(name, value));
  return changed
    .map(({ name, before }) => {
      const after = textOf(name, params[name] ?? null);
      return retries.change({ name, before: before === undefined ? null : textOf(name, before), after });
    })
    .join("; ");
}

function rerunText({ steps, reset = [] }: RerunOf, retries: Texts["retries"]): string {
  if (steps.length === 0) return retries.all;
  const named = retries.steps(steps.join(" "));
  return reset.length === 0 ? named : `${named}; ${retries.reset(reset.join(" "))}`;
}

import type { Json } from "../ids/index.ts";
import { MASK } from "../pages/masked.ts";
import type { RerunOf, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { valueText } from "./param-value.ts";

/** In what a retry differs from the task that it is of; empty where in nothing, and for any other task. */
export function retryText(
  {
    rerunOf,
    changed = [],
    params,
    secretParams = [],
  }: Pick<Task, "rerunOf" | "changed" | "params" | "secretParams">,
  { retries }: Texts,
): string {
  if (rerunOf) return rerunText(rerunOf, retries);
  const shown = (name: string, value: Json) => (secretParams.includes(name) ? MASK : valueText(value));
  return changed
    .map(({ name, before }) => {
      const after = shown(name, params[name] ?? null);
      return retries.change({ name, before: before === undefined ? null : shown(name, before), after });
    })
    .join("; ");
}

function rerunText({ steps, reset = [] }: RerunOf, retries: Texts["retries"]): string {
  if (steps.length === 0) return retries.all;
  const named = retries.steps(steps.join(" "));
  return reset.length === 0 ? named : `${named}; ${retries.reset(reset.join(" "))}`;
}

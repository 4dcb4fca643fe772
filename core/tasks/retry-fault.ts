import { startParams } from "../approvals/choices.ts";
import { isJsonObject, type Json } from "../ids/index.ts";
import { MASK } from "../pages/masked.ts";
import { isStartOpen } from "./open-start.ts";
import type { RefusalReason } from "./reasons.ts";
import type { RetryWish } from "./retry-plan.ts";
import type { Task, TaskState } from "./task.ts";

/** Ends after which a person may ask for the same once more. One that people or time said no to is asked for anew. */
const RETRIED_AFTER: readonly TaskState[] = [
  ...(["succeeded", "failed", "timeout", "canceled", "abandoned", "refused", "gave_up"] as const),
];
/** Ends of a run that the engine can run again. */
const RERUN_AFTER: readonly TaskState[] = ["failed", "timeout", "canceled", "abandoned"];

/** Why an ended task may not be asked for once more, as far as that can be said without asking anybody; null when it may. */
export function retryFault(task: Task, digest: string | null, wish: RetryWish = {}): RefusalReason | null {
  if (!RETRIED_AFTER.includes(task.state)) return "not_in_this_state";
  if (digest !== task.ruleDigest) return "rule_changed";
  return wish.rerun === undefined ? startWishFault(task, wish) : rerunFault(task, wish);
}

function rerunFault(task: Task, { parameters, cluster }: RetryWish): RefusalReason | null {
  if (parameters !== undefined || cluster !== undefined) return "rerun_as_it_was";
  return RERUN_AFTER.includes(task.state) && task.execution !== null ? null : "nothing_to_rerun";
}

function startWishFault(task: Task, { parameters = {}, cluster }: RetryWish): RefusalReason | null {
  const names = Object.keys(parameters);
  if (names.length > 0 && task.approval.mode === "policy") return "policy_params";
  if (task.choices?.some(({ name }) => names.includes(name))) return "chosen_params";
  // What stands for a secret would be sent as if it were the secret.
  if (isMasked({ ...startParams(task), ...parameters })) return "masked_params";
  return cluster !== undefined && mayBeStarted(task) ? "first_start_unknown" : null;
}

function isMasked(value: Json): boolean {
  if (Array.isArray(value)) return value.some(isMasked);
  return isJsonObject(value) ? Object.values(value).some(isMasked) : value === MASK;
}

/** A start of which nobody has found out whether it went through may not be tried elsewhere. */
function mayBeStarted(task: Task): boolean {
  return task.reason !== "start_refused" && isStartOpen(task);
}

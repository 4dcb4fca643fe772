import type { RefusalReason } from "./reasons.ts";
import type { Task, TaskState } from "./task.ts";

/** Ends after which a person may ask for the same once more. One that people or time said no to is asked for anew. */
const RETRIED_AFTER: readonly TaskState[] = [
  ...(["succeeded", "failed", "timeout", "canceled", "abandoned", "refused", "gave_up"] as const),
];

/** Why an ended task may not be asked for once more, exactly as it was; null when it may. */
export function retryFault(task: Task, digest: string | null): RefusalReason | null {
  if (!RETRIED_AFTER.includes(task.state)) return "not_in_this_state";
  return digest === task.ruleDigest ? null : "rule_changed";
}

import { hashOf } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";

/** What an approval is bound to; any difference at the start voids it (promise 2). */
export type BoundContent = Pick<
  Task,
  "action" | "params" | "targets" | "business" | "clusters" | "ruleDigest"
>;

/**
 * sha256 over action, rendered params, targets, business, sorted allowed clusters and the digest of the rule's
 * action, params, targets, routing and approval.
 */
export function bindingHash(content: BoundContent): string {
  const { action, params, targets, business, clusters, ruleDigest } = content;
  return hashOf({ action, params, targets, business, clusters: [...clusters].sort(), ruleDigest });
}

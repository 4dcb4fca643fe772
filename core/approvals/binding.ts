import { hashOf } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";

/** What an approval is bound to; any difference at the start voids it (promise 2). */
export type BoundContent = Pick<
  Task,
  | "action"
  | "params"
  | "targets"
  | "business"
  | "clusters"
  | "ruleDigest"
  | "choices"
  | "rerunOf"
  | "packs"
  | "notify"
>;

/**
 * sha256 over action, rendered params, targets, business, sorted allowed clusters, the digest of the rule's action,
 * params, targets, routing and approval, what its choices allow, which ended run is run once more, which versions of packs it needs, and whom the
 * engine itself tells of the end.
 */
export function bindingHash(content: BoundContent): string {
  const {
    action,
    params,
    targets,
    business,
    clusters,
    ruleDigest,
    choices = [],
    rerunOf,
    packs,
    notify,
  } = content;
  const allowed = choices.length > 0 ? { choices } : {};
  return hashOf({
    action,
    params,
    targets,
    business,
    clusters: [...clusters].sort(),
    ruleDigest,
    ...allowed,
    ...(rerunOf ? { rerunOf } : {}),
    ...(packs ? { packs } : {}),
    ...(notify ? { notify } : {}),
  });
}

import { approvalIdentity } from "../approvals/approval.ts";
import { hashOf } from "../ids/index.ts";
import type { People } from "../people/people.ts";
import type { ApprovalSpec } from "../rules/rule.ts";

/** What people may run by hand, and who must agree: one entry of `runs.yaml`. */
export interface RunGrant {
  id: string;
  /** What its tasks are called; the action's name when absent. */
  title?: string;
  /** Action references, in which `*` stands for any characters. */
  actions: readonly string[];
  business: string;
  approval: ApprovalSpec;
  /** Who may ask. Absent: whoever has the right `tasks.run` on it. */
  by?: People;
  /** Templates of what the action touches, over `params`. */
  targets: readonly string[];
  /** Who hears how it ended, beside who asked. */
  report: { to?: People; group?: string };
  /** An approved task that could not be started within this is given up. */
  startWithinMs: number;
}

/** Whether an action fits a name in which `*` stands for any characters. */
export function actionFits(pattern: string, action: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return action === first;
  if (!action.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = action.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return action.length - last.length >= at && action.endsWith(last);
}

/** The grant that decides about an action: the first that names it. */
export function grantFor(grants: readonly RunGrant[], action: string): RunGrant | null {
  return grants.find(({ actions }) => actions.some((pattern) => actionFits(pattern, action))) ?? null;
}

/** What stands for the rule in tasks that people ask for. No rule can be called so. */
export function grantRuleId(grant: string): string {
  return `run:${grant}`;
}

/** Digest of what an approval is bound to in a grant, for one action. */
export function grantDigest(grant: RunGrant, action: string): string {
  const { id, targets, business, startWithinMs } = grant;
  const approval = approvalIdentity(grant.approval);
  return hashOf({ run: id, action, targets, business, approval, startWithinMs });
}

import type { PolicyUse } from "../../adapters/files/index.ts";
import { type Policy, type PolicyState, policyStanding } from "../../core/policies/index.ts";
import { localTime } from "./local-time.ts";
import { plainText } from "./plain-text.ts";

const STATES: Record<PolicyState, string> = {
  valid: "有效 valid",
  expired: "已过期 expired",
  digest_differs: "批准后被改过 changed since its approval",
  not_yet: "还未生效 not yet",
  not_approved: "未批准 not approved",
};

/** One line: id, state, days left, approver, actions. */
export function policyLine(policy: Policy, nowMs: number): string {
  const { state, daysLeft } = policyStanding(policy, nowMs);
  const left = daysLeft === null ? "-" : `${daysLeft} 天 days`;
  const by = policy.approvedBy === "" ? "-" : policy.approvedBy;
  return plainText(`${policy.id}  ${STATES[state]}  ${left}  ${by}  ${policy.actions.join(", ")}`);
}

/** What a person reads before approving: what runs without asking, for whom, until when. */
export function policyLines(policy: Policy, uses: readonly PolicyUse[], timeZone: string): string[] {
  const used = uses.map((use) => {
    const covered = policy.actions.includes(use.action) ? "" : "  （不在策略内 · not covered by it）";
    return plainText(`  ${userOf(use)}: ${use.action}${covered}`);
  });
  return [
    plainText(`策略 policy ${policy.id}`),
    "这些动作将不经询问直接执行 · these actions will run without asking anybody:",
    ...policy.actions.map((action) => plainText(`  ${action}`)),
    "用到它的 · what uses it:",
    ...(used.length === 0 ? ["  （没有 · none）"] : used),
    plainText(`到期 · until: ${localTime(policy.expires, timeZone)}`),
  ];
}

function userOf(use: PolicyUse): string {
  if ("grant" in use) return `执行许可 grant ${use.grant}`;
  const rule = `规则 rule ${use.rule}`;
  return use.offer === undefined ? rule : `${rule} · 可选操作 offer ${use.offer}`;
}

import { hashOf } from "../ids/index.ts";

/** A right to run some actions without asking, itself approved by a person, bounded and expiring. */
export interface Policy {
  id: string;
  /** Action references, `pack.name`, that it covers. */
  actions: readonly string[];
  mode: "auto";
  approvedBy: string;
  /** ISO date or time. */
  approvedAt: string;
  /** ISO date or time from which it no longer counts. */
  expires: string;
  /** What `policyDigest` gave when the person approved it. */
  digest: string;
}

/** sha256 over everything a person approved in a policy; an edit afterwards shows. */
export function policyDigest(policy: Omit<Policy, "digest">): string {
  const { id, actions, mode, approvedBy, approvedAt, expires } = policy;
  return hashOf({ id, actions: [...actions].sort(), mode, approvedBy, approvedAt, expires });
}

export type PolicyFault =
  | "policy_digest_differs"
  | "policy_expired"
  | "policy_not_yet"
  | "policy_not_for_action";

/** Why a policy does not let this action run at this instant (milliseconds); null when it does. Its end alone comes by itself, and is told last. */
export function policyFault(policy: Policy, action: string, nowMs: number): PolicyFault | null {
  if (policyDigest(policy) !== policy.digest) return "policy_digest_differs";
  if (!policy.actions.includes(action)) return "policy_not_for_action";
  // Asked this way round, a date that cannot be read lets nothing run.
  if (!(nowMs >= Date.parse(policy.approvedAt))) return "policy_not_yet";
  return nowMs < Date.parse(policy.expires) ? null : "policy_expired";
}

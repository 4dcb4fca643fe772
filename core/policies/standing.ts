import { type Policy, policyDigest } from "./policy.ts";

/** How a policy stands at an instant, whatever action it is asked for. */
export type PolicyState = "valid" | "expired" | "digest_differs" | "not_yet" | "not_approved";

export interface PolicyStanding {
  state: PolicyState;
  /** Whole days until it expires, negative afterwards; null where the date cannot be read. */
  daysLeft: number | null;
}

const DAY_MS = 86_400_000;
/** An approval holds for no longer than a year, with the day of a leap year. */
export const LONGEST_APPROVAL_MS = 366 * DAY_MS;
/** So long before its end people are told. */
const NEAR_DAYS = 14;

/** How a policy stands at this instant (milliseconds). What is not approved or was edited since lets nothing run. */
export function policyStanding(policy: Policy, nowMs: number): PolicyStanding {
  const leftMs = Date.parse(policy.expires) - nowMs;
  return {
    state: stateOf(policy, nowMs),
    daysLeft: Number.isNaN(leftMs) ? null : Math.floor(leftMs / DAY_MS),
  };
}

function stateOf(policy: Policy, nowMs: number): PolicyState {
  if (policy.digest === "" || policy.approvedBy === "") return "not_approved";
  if (policyDigest(policy) !== policy.digest) return "digest_differs";
  // Asked this way round, a date that cannot be read counts as over.
  if (!(nowMs < Date.parse(policy.expires))) return "expired";
  return nowMs >= Date.parse(policy.approvedAt) ? "valid" : "not_yet";
}

/** Whether a policy is still good, but not for long, so that its approver should look at it. */
export function isNearExpiry(policy: Policy, nowMs: number): boolean {
  const { state, daysLeft } = policyStanding(policy, nowMs);
  return state === "valid" && daysLeft !== null && daysLeft < NEAR_DAYS;
}

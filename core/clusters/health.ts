import type { ClusterState } from "./sight.ts";

/** What health can be seen to be; `draining` is no matter of health. */
export type HealthState = Exclude<ClusterState, "draining">;

/** Why a cluster is taken to be as it is. Closed: each is counted, shown and told. */
export const HEALTH_REASONS = [
  "not_looked",
  "answers",
  "no_answer",
  "unauthorised",
  "bad_answer",
  "starts_fail",
  "canary_failed",
  "queue_stuck",
  "clock_off",
] as const;
export type HealthReason = (typeof HEALTH_REASONS)[number];

/** What one look at a cluster says about it. */
export interface Finding {
  verdict: Exclude<HealthState, "unknown">;
  reason: HealthReason;
  /** For people and logs; empty where there is nothing to add. */
  message: string;
  version?: string;
  /** It stands for several looks: so many requests in a row have failed. */
  isSure?: boolean;
}

/** What is remembered of a cluster's health between two looks. */
export interface ClusterHealth {
  state: HealthState;
  sinceMs: number;
  reason: HealthReason;
  message: string;
  version?: string;
  /** How many looks in a row found it worse than `state`. */
  worse: number;
  /** Since when every look finds it better than `state`; null when the last one did not. */
  betterSinceMs: number | null;
  /** When it got better, as far as that still damps. */
  recoveredMs: readonly number[];
}

/** What a look made of what was remembered. */
export interface Judged {
  outcome: "stays" | "turns";
  reason: HealthReason;
  health: ClusterHealth;
}

const WORSE_IN_A_ROW = 2;
const CALM_MS = 5_000;
const LONGEST_CALM_MS = 600_000;
const DAMPING_MS = 1_800_000;
const RANK: Record<Finding["verdict"], number> = { up: 0, degraded: 1, down: 2 };

/** A cluster that nobody has looked at. */
export function unseenHealth(nowMs: number): ClusterHealth {
  const blank = { message: "", worse: 0, betterSinceMs: null, recoveredMs: [] };
  return { state: "unknown", sinceMs: nowMs, reason: "not_looked", ...blank };
}

/**
 * How long a cluster must be found better, without a break, before it counts as better: longer with each recovery of
 * the last half hour, up to ten minutes, so that one that flaps stays where it is.
 */
export function calmMs(recoveredMs: readonly number[], nowMs: number): number {
  const recent = recoveredMs.filter((atMs) => Math.abs(nowMs - atMs) < DAMPING_MS).length;
  return Math.min(LONGEST_CALM_MS, CALM_MS * 2 ** Math.min(recent, 20));
}

/**
 * Takes one finding into what is remembered. Two in a row make a cluster worse; to become better it must be found
 * so for a time. The first finding counts at once.
 */
export function judgeHealth(before: ClusterHealth, finding: Finding, nowMs: number): Judged {
  if (before.state === "unknown") return turn(before, finding, nowMs);
  const step = RANK[finding.verdict] - RANK[before.state];
  if (step === 0) return stay({ ...told(before, finding), worse: 0, betterSinceMs: null });
  return step > 0 ? worsen(before, finding, nowMs) : improve(before, finding, nowMs);
}

function worsen(before: ClusterHealth, finding: Finding, nowMs: number): Judged {
  const worse = before.worse + 1;
  if (worse >= WORSE_IN_A_ROW || finding.isSure) return turn(before, finding, nowMs);
  return stay({ ...before, worse, betterSinceMs: null });
}

function improve(before: ClusterHealth, finding: Finding, nowMs: number): Judged {
  const { betterSinceMs, recoveredMs } = before;
  // Of a clock that was set back no time has passed.
  const sinceMs = betterSinceMs === null ? nowMs : Math.min(betterSinceMs, nowMs);
  const isCalm = betterSinceMs !== null && nowMs - sinceMs >= calmMs(recoveredMs, nowMs);
  if (!isCalm) return stay({ ...before, worse: 0, betterSinceMs: sinceMs });
  const recent = recoveredMs.filter((atMs) => nowMs - atMs < DAMPING_MS);
  return turn({ ...before, recoveredMs: [...recent, nowMs] }, finding, nowMs);
}

function stay(health: ClusterHealth): Judged {
  return { outcome: "stays", reason: health.reason, health };
}

function turn(before: ClusterHealth, finding: Finding, nowMs: number): Judged {
  const fresh = { state: finding.verdict, sinceMs: nowMs, worse: 0, betterSinceMs: null };
  return { outcome: "turns", reason: finding.reason, health: { ...told(before, finding), ...fresh } };
}

function told(before: ClusterHealth, { reason, message, version }: Finding): ClusterHealth {
  return { ...before, reason, message, ...(version === undefined ? {} : { version }) };
}

import type { Json } from "../ids/index.ts";
import type { BucketView } from "../throttle/bucket.ts";
import type { WouldDo } from "./shadow.ts";

/** Why a rule did or did not make a task of an event. Closed: each is stored, logged and counted. */
export const VERDICT_REASONS = [
  "fired",
  "feature_failed",
  "off_schedule",
  "in_window",
  "muted",
  "event_invalid",
  "not_firing",
  "repeat",
  "late",
  "recovered",
  "stale",
  "params_failed",
  "throttled",
  "too_deep",
  "too_many_rounds",
  "no_allowed_cluster",
  "policy_void",
  "no_elements",
  "too_many_elements",
  "shadow",
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

/** The first feature of a rule that an event does not pass, with what was there. */
export interface FailedFeature {
  /** Its place in the rule, from 0. */
  index: number;
  /** Of a group: the test at which it was decided, such as `features[2].any[1]`. */
  at?: string;
  path: string;
  op: string;
  expected: Json;
  actual: Json;
}

/** The decision of one rule about one event, kept as its trace. */
export interface Verdict {
  eventId: string;
  ruleId: string;
  ruleVersion: string;
  outcome: "fired" | "held";
  reason: VerdictReason;
  /** ISO time of the event's receipt: what the decision was judged at. */
  at: string;
  taskId?: string;
  /** Of a recovery: the tasks of the rule that it took back. */
  withdrawn?: string[];
  /** The first feature that failed, with what was there. */
  feature?: FailedFeature;
  /** Of a shadow rule: what it would have done. */
  would?: WouldDo;
  /** What a person reads: which template failed and why, which policy is void. */
  message?: string;
  /** The bucket that decided, as it was at the decision, and the others that were asked. */
  throttle?: BucketView & { also?: readonly BucketView[] };
  /** Of a rule with `forEach`: what came of each element, in their order. */
  elements?: readonly ElementVerdict[];
}

/** What came of one element of a rule's `forEach`. */
export interface ElementVerdict
  extends Pick<Verdict, "outcome" | "reason" | "taskId" | "message" | "throttle"> {
  index: number;
}

import type { WhaleEvent } from "../events/event.ts";
import { TASK_ENDED_TYPE } from "../events/event-type.ts";
import { formatDuration } from "../time/duration.ts";
import type { CompiledRule } from "./compile-rule.ts";
import { failedFeature } from "./features.ts";
import type { TimeHold } from "./time-hold.ts";
import type { FailedFeature, Verdict } from "./verdict.ts";

/** An event this deep in a chain of `whale.task.ended` makes no task (design.md 2a). */
export const MAX_DEPTH = 5;

/** What the gates ask beside the event. */
export interface GateContext {
  nowMs: number;
  /** The instant at which an event is judged too old; `nowMs` when absent. */
  ageAtMs?: number;
  /**
   * How many tasks the rule has for the subject in the chain that led to this event: which is how often it has
   * come back through `whale.task.ended`. 0 when absent.
   */
  rounds?: (ruleId: string, subject: string) => number;
  /** What holds at the time of the event's receipt: schedules, windows, mutes. Nothing when absent. */
  timeHold?: TimeHold;
  /** The first feature that fails, null for none, where that is known already. */
  failed?: FailedFeature | null;
}

/** Why a rule makes no task of an event. */
export type Held = Pick<Verdict, "reason" | "message" | "feature" | "would">;

/** One check before anything is rendered; null lets the event pass. */
export type Gate = (compiled: CompiledRule, event: WhaleEvent, context: GateContext) => Held | null;

/** In the order in which they are asked: the first that holds gives the verdict. */
export const GATES: readonly Gate[] = [
  notFiring,
  eventInvalid,
  stale,
  repeat,
  features,
  onHold,
  tooDeep,
  tooManyRounds,
];

function notFiring(_compiled: CompiledRule, event: WhaleEvent): Held | null {
  return event.status === "resolved" ? { reason: "not_firing" } : null;
}

function eventInvalid(_compiled: CompiledRule, event: WhaleEvent): Held | null {
  const [first] = event.violations;
  return first ? { reason: "event_invalid", message: `${first.path}: ${first.message}` } : null;
}

function stale(compiled: CompiledRule, event: WhaleEvent, context: GateContext): Held | null {
  const ageMs = (context.ageAtMs ?? context.nowMs) - Date.parse(event.receivedAt);
  const { maxAgeMs } = compiled.rule;
  if (ageMs <= maxAgeMs) return null;
  const message = `received ${formatDuration(ageMs)} ago, the rule takes events up to ${formatDuration(maxAgeMs)}`;
  return { reason: "stale", message };
}

function repeat(compiled: CompiledRule, event: WhaleEvent): Held | null {
  if (event.late) return { reason: "late", message: `came after the recovery of ${event.repeatOf}` };
  if (event.repeatOf === undefined || compiled.rule.repeats) return null;
  return { reason: "repeat", message: `repeats ${event.repeatOf}` };
}

function features(compiled: CompiledRule, event: WhaleEvent, { failed }: GateContext): Held | null {
  const feature = failed === undefined ? failedFeature(compiled.features, event) : failed;
  return feature ? { reason: "feature_failed", feature } : null;
}

function onHold({ rule }: CompiledRule, event: WhaleEvent, { timeHold }: GateContext): Held | null {
  return timeHold?.(rule, event) ?? null;
}

function tooDeep(_compiled: CompiledRule, event: WhaleEvent): Held | null {
  const depth = event.type === TASK_ENDED_TYPE ? Number(event.detail["depth"] ?? 0) : 0;
  return depth < MAX_DEPTH ? null : { reason: "too_deep", message: `depth ${depth} of the chain` };
}

function tooManyRounds(compiled: CompiledRule, event: WhaleEvent, context: GateContext): Held | null {
  if (event.type !== TASK_ENDED_TYPE) return null;
  const { id, maxRounds } = compiled.rule;
  const rounds = context.rounds?.(id, event.subject) ?? 0;
  return rounds <= maxRounds
    ? null
    : { reason: "too_many_rounds", message: `came back ${rounds} times, the rule allows ${maxRounds}` };
}

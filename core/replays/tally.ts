import { askedOf } from "../approvals/index.ts";
import type { WhaleEvent } from "../events/index.ts";
import type { ShowRun } from "../pages/secrets.ts";
import { type Judgement, tasksMade, type Verdict } from "../rules/index.ts";
import type { ReplayProgress, ReplaySample, RuleTally } from "./replay.ts";

/** So many samples are kept in all, and of one rule with one reason. */
const MOST_SAMPLES = 50;
const MOST_ALIKE = 5;
const LARGEST_PARAMS = 4_096;

/** What one rule said of one event, the throttle's answer and the task included. */
export interface ReplayOutcome {
  judgement: Judgement & { business: string };
  /** As the judgement has it, after the throttle. */
  verdict: Verdict;
}

/** Counts what happens while a page of events is judged. */
export interface Tally {
  /** Events that were read; an event left out is counted by its reason too. */
  event(leftOut?: "chained" | "outOfScope"): void;
  outcome(event: WhaleEvent, outcome: ReplayOutcome): void;
  /** Events so far. */
  events(): number;
  /** Tasks so far. */
  tasks(): number;
  /** Everything counted so far, with what was there before. */
  progress(): Omit<ReplayProgress, "cursor" | "buckets">;
}

/** Goes on from earlier progress. */
export function tallyFrom(before: ReplayProgress, shown: ShowRun): Tally {
  const { events, chained, outOfScope, tasks } = before;
  const counts = { events, chained, outOfScope, tasks };
  const rules = new Map(before.rules.map((one) => [tallyKey(one), { ...one, held: { ...one.held } }]));
  const samples = [...before.samples];
  const alike = new Map<string, number>();
  for (const sample of samples) grow(alike, sampleKey(sample));
  return {
    event: (leftOut) => {
      counts.events += 1;
      if (leftOut) counts[leftOut] += 1;
    },
    outcome: (event, outcome) => {
      const { verdict } = outcome;
      counts.tasks += tasksMade(verdict);
      count(rules, verdict);
      if (samples.length >= MOST_SAMPLES || (alike.get(sampleKey(verdict)) ?? 0) >= MOST_ALIKE) return;
      grow(alike, sampleKey(verdict));
      samples.push(sampleOf(event, outcome, shown));
    },
    events: () => counts.events,
    tasks: () => counts.tasks,
    progress: () => ({
      ...counts,
      rules: [...rules.values()].map((one) => ({ ...one, held: { ...one.held } })),
      samples: [...samples],
    }),
  };
}

function tallyKey({ ruleId, ruleVersion }: Pick<RuleTally, "ruleId" | "ruleVersion">): string {
  return `${ruleId} ${ruleVersion}`;
}

function sampleKey({ ruleId, reason }: Pick<Verdict, "ruleId" | "reason">): string {
  return `${ruleId} ${reason}`;
}

function grow(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function count(rules: Map<string, RuleTally>, verdict: Verdict): void {
  const { ruleId, ruleVersion, outcome, reason } = verdict;
  const key = tallyKey(verdict);
  const tally = rules.get(key) ?? { ruleId, ruleVersion, fired: 0, held: {} };
  if (outcome === "fired") tally.fired += 1;
  else tally.held[reason] = (tally.held[reason] ?? 0) + 1;
  rules.set(key, tally);
}

function sampleOf(event: WhaleEvent, { judgement, verdict }: ReplayOutcome, shown: ShowRun): ReplaySample {
  const { eventId, ruleId, ruleVersion, outcome, reason, message, feature, taskId } = verdict;
  const { type, receivedAt, subject, title } = event;
  return {
    ...{ eventId, type, receivedAt, subject, title, ruleId, ruleVersion, outcome, reason },
    business: judgement.business,
    ...(message === undefined ? {} : { message }),
    ...(feature === undefined ? {} : { feature }),
    ...(taskId === undefined ? {} : { taskId }),
    ...(judgement.outcome === "fires" ? { work: workOf(judgement, shown) } : {}),
  };
}

/** Of several tasks the first is shown. */
function workOf(
  { rule, firings }: Extract<Judgement, { outcome: "fires" }>,
  shown: ShowRun,
): NonNullable<ReplaySample["work"]> {
  const { targets, clusters, approval } = firings[0].rendered;
  const run = shown({ ...firings[0].rendered, action: rule.action });
  const { params } = run;
  const fits = JSON.stringify(params).length <= LARGEST_PARAMS;
  const asks = approval.mode === "people" ? askedOf(approval) : { policy: approval.policy.id };
  return {
    action: rule.action,
    params: fits ? params : null,
    targets: targets.map(run.hide),
    clusters,
    asks,
  };
}

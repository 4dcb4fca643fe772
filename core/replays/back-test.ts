import { TASK_ENDED_TYPE, type WhaleEvent } from "../events/index.ts";
import {
  type CompiledRule,
  type Decision,
  decide,
  type FailedFeature,
  type JudgeContext,
  type RuleSet,
  takeOf,
  type VerdictReason,
} from "../rules/index.ts";
import { type RuleCount, ruleCount, type TypeCounts, typeCounts } from "./back-test-counts.ts";
import { type VirtualThrottle, virtualThrottle } from "./virtual-throttle.ts";

/** What a rule made of an event whose features it passes. */
export interface RuleAnswer {
  rule: CompiledRule;
  reason: VerdictReason;
  /** How many tasks it would make; 0 when it is held. */
  tasks: number;
}

/** One set of rules held against stored events, with a clock of its own: that of their receipt. */
export interface BackTest {
  /**
   * Judges the next event; events come in the order of their receipt. Gives the answers of the rules whose features
   * it passes, in the order of the set; what the others say of it is only counted.
   */
  judge(event: WhaleEvent): readonly RuleAnswer[];
  /** Events of a task's end that were left out: they belong to their chain. */
  chained(): number;
  /** What each rule has said so far, in the order of the set; as a rehearsal of the same events counts it. */
  counts(): RuleCount[];
  /** What a rule says of an event before its throttle; null when there is no such rule for its type. */
  reasonOf(ruleId: string, event: WhaleEvent): { reason: VerdictReason; feature?: FailedFeature } | null;
}

/** What a back-test judges by beside the rules; policies and clusters are those of now. */
export type BackTestContext = Omit<JudgeContext, "ageAtMs" | "rounds" | "failed">;

/** Buckets that are full again are forgotten after so many takes. */
const TAKES_KEPT = 50_000;
const NOTHING: readonly RuleAnswer[] = [];

/** Begins with full buckets; the true ones are neither asked nor changed. */
export function backTest(set: RuleSet, context: BackTestContext): BackTest {
  const types = new Map(
    [...set.matchers].map(([type, matcher]) => [type, { matcher, counts: typeCounts() }]),
  );
  const counts = new Map(set.rules.map((compiled) => [compiled, ruleCount(compiled)]));
  const take = forgetting(virtualThrottle([]));
  let chained = 0;
  const answerOf = (rule: CompiledRule, event: WhaleEvent, atMs: number): RuleAnswer => {
    const decision = decide(rule, event, { ...context, ageAtMs: atMs, failed: null });
    const answer = answered({ rule, decision }, { event, atMs, take });
    counts.get(rule)?.add(answer);
    return answer;
  };
  const judge = (event: WhaleEvent): readonly RuleAnswer[] => {
    if (event.type === TASK_ENDED_TYPE) {
      chained += 1;
      return NOTHING;
    }
    const type = types.get(event.type);
    if (!type) return NOTHING;
    const before = beforeFeatures(event);
    type.counts[before ?? "reached"] += 1;
    if (before !== null && before !== "repeat") return NOTHING;
    const fits = type.matcher.fits(event);
    if (fits.length === 0) return NOTHING;
    const atMs = Date.parse(event.receivedAt);
    const asked = before === null ? fits : fits.filter(({ rule }) => rule.repeats);
    return asked.map((rule) => answerOf(rule, event, atMs));
  };
  return {
    judge,
    chained: () => chained,
    counts: () => [...counts.values()].map((count) => count.over((type) => types.get(type)?.counts)),
    reasonOf: (ruleId, event) => {
      const rule = set.byType.get(event.type)?.find((one) => one.rule.id === ruleId);
      if (!rule) return null;
      const decision = decide(rule, event, { ...context, ageAtMs: Date.parse(event.receivedAt) });
      return decision.outcome === "held" ? decision.why : { reason: "fired" };
    },
  };
}

/** The gates that ask the event alone: what they hold they hold for every rule, but for repeats. */
function beforeFeatures({
  status,
  violations,
  late,
  repeatOf,
}: WhaleEvent): Exclude<keyof TypeCounts, "reached"> | null {
  if (status === "resolved") return "not_firing";
  if (violations.length > 0) return "event_invalid";
  if (late) return "late";
  return repeatOf === undefined ? null : "repeat";
}

interface Taking {
  event: WhaleEvent;
  atMs: number;
  take: VirtualThrottle["take"];
}

function answered(
  { rule, decision }: { rule: CompiledRule; decision: Decision },
  { event, atMs, take }: Taking,
): RuleAnswer {
  if (decision.outcome === "held") return { rule, reason: decision.why.reason, tasks: 0 };
  const { works, unfit, where } = decision;
  let tasks = 0;
  for (const { work } of works) {
    const asked = { throttleKey: work.throttleKey, rendered: where };
    const request = takeOf(rule, asked, { grantId: event.id, atMs });
    if (!request || take(request).outcome === "granted") tasks += 1;
  }
  if (tasks > 0) return { rule, reason: "fired", tasks };
  // Its verdict tells of the element that comes first.
  const [first] = unfit;
  const unfitFirst = first !== undefined && first.index < works[0].index;
  return { rule, reason: unfitFirst ? first.reason : "throttled", tasks };
}

function forgetting(throttle: VirtualThrottle): VirtualThrottle["take"] {
  let takes = 0;
  return (request) => {
    takes += 1;
    if (takes % TAKES_KEPT === 0) throttle.buckets(request.atMs);
    return throttle.take(request);
  };
}

import type { WhaleEvent } from "../events/index.ts";
import type { FailedFeature, VerdictReason } from "../rules/index.ts";
import type { BackTest, RuleAnswer } from "./back-test.ts";

/** What one version of a rule said of an event; null where it is not there or does not read its type. */
export type Said = { reason: VerdictReason; tasks: number; feature?: FailedFeature } | null;

/** An event of which two versions of a rule make different numbers of tasks. */
export interface DifferingEvent {
  eventId: string;
  receivedAt: string;
  subject: string;
  title: string;
  ruleId: string;
  before: Said;
  after: Said;
}

/** In how many events the versions of one rule differ. */
export interface RuleDifference {
  ruleId: string;
  /** Events of which the later version makes tasks and the earlier none. */
  gained: number;
  /** Events of which the earlier version makes tasks and the later none. */
  lost: number;
  /** Events of which both make tasks, but not as many. */
  otherwise: number;
}

/** Two sets of rules, judging the same events side by side. */
export interface Comparison {
  /** The next event; events come in the order of their receipt. */
  judge(event: WhaleEvent): void;
  /** By rule, in the order in which they first differed. A rule whose versions never differed is left out. */
  differences(): RuleDifference[];
  /** The first of the differing events, as many as were asked for. */
  events(): readonly DifferingEvent[];
}

/** Compares them on every event and keeps the first `most` that differ. */
export function compareRules(
  { before, after }: { before: BackTest; after: BackTest },
  most: number,
): Comparison {
  const differences = new Map<string, RuleDifference>();
  const events: DifferingEvent[] = [];
  const differs = (event: WhaleEvent, ruleId: string, answers: Answers): void => {
    const [had, has] = [answers.before?.tasks ?? 0, answers.after?.tasks ?? 0];
    const known = differences.get(ruleId) ?? { ruleId, gained: 0, lost: 0, otherwise: 0 };
    differences.set(ruleId, known);
    known[had === 0 ? "gained" : has === 0 ? "lost" : "otherwise"] += 1;
    if (events.length >= most) return;
    const { id: eventId, receivedAt, subject, title } = event;
    const said = (test: BackTest, answer: RuleAnswer | undefined) => saidOf(test, answer, { ruleId, event });
    const both = { before: said(before, answers.before), after: said(after, answers.after) };
    events.push({ eventId, receivedAt, subject, title, ruleId, ...both });
  };
  return {
    judge: (event) => {
      const [were, are] = [before.judge(event), after.judge(event)];
      if (were.length === 0 && are.length === 0) return;
      for (const [ruleId, answers] of paired(were, are)) {
        if ((answers.before?.tasks ?? 0) !== (answers.after?.tasks ?? 0)) differs(event, ruleId, answers);
      }
    },
    differences: () => [...differences.values()],
    events: () => events,
  };
}

interface Answers {
  before?: RuleAnswer;
  after?: RuleAnswer;
}

function paired(before: readonly RuleAnswer[], after: readonly RuleAnswer[]): Map<string, Answers> {
  const pairs = new Map<string, Answers>();
  for (const answer of before) pairs.set(answer.rule.rule.id, { before: answer });
  for (const answer of after) {
    const { id } = answer.rule.rule;
    pairs.set(id, { ...pairs.get(id), after: answer });
  }
  return pairs;
}

function saidOf(
  test: BackTest,
  answer: RuleAnswer | undefined,
  { ruleId, event }: { ruleId: string; event: WhaleEvent },
): Said {
  if (answer) return { reason: answer.reason, tasks: answer.tasks };
  const why = test.reasonOf(ruleId, event);
  return why && { reason: why.reason, tasks: 0, ...(why.feature ? { feature: why.feature } : {}) };
}

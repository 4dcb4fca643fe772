import { errorText } from "../../../core/errors.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import type { Verdict } from "../../../core/rules/index.ts";

/** A verdict as the worker is sent it. */
export interface VerdictText {
  eventId: string;
  ruleId: string;
  reason: string;
  at: string;
  body: string;
}

/** What one write brings. Events as JSON texts: they are stored as such, and cross to the worker at less cost. */
export interface Batch {
  events: string[];
  verdicts: VerdictText[];
}

/** An event or verdict that cannot be JSON, so that nothing of it can be kept, and why. */
export interface Poisoned {
  eventId: string;
  ruleId?: string;
  problem: string;
}

/** Makes texts of what can be made one: a bad event must not hold up the good ones. */
export function batchOf(given: { events: readonly WhaleEvent[]; verdicts: readonly Verdict[] }): {
  batch: Batch;
  poisoned: Poisoned[];
} {
  const batch: Batch = { events: [], verdicts: [] };
  const poisoned: Poisoned[] = [];
  for (const event of given.events) {
    attempt(poisoned, { eventId: String(event.id) }, () => batch.events.push(JSON.stringify(event)));
  }
  for (const verdict of given.verdicts) {
    const { eventId, ruleId } = verdict;
    attempt(poisoned, { eventId, ruleId }, () => batch.verdicts.push(verdictText(verdict)));
  }
  return { batch, poisoned };
}

/** A verdict as it is stored. Throws for one that cannot be JSON. */
export function verdictText(verdict: Verdict): VerdictText {
  const { eventId, ruleId, reason, at } = verdict;
  return { eventId, ruleId, reason, at, body: JSON.stringify(verdict) };
}

/** Several batches as one, in their order. */
export function joined(batches: readonly Batch[]): Batch {
  return {
    events: batches.flatMap((batch) => batch.events),
    verdicts: batches.flatMap((batch) => batch.verdicts),
  };
}

function attempt(poisoned: Poisoned[], what: { eventId: string; ruleId?: string }, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    poisoned.push({ ...what, problem: errorText(thrown) });
  }
}

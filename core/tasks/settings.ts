/** How long the machine waits for what. All in milliseconds. */
export interface MachineSettings {
  /** After an intent, how long an unresolved start is looked for before a human is asked. Default 150 s. */
  startWindowMs: number;
  /** How long the answer to a start may take before somebody else looks for it. Default 100 s. */
  startAnswerMs: number;
  /** First pause between two looks for a start; doubles up to `lookMaxMs`. Default 1 s. */
  lookBaseMs: number;
  /** Default 30 s. */
  lookMaxMs: number;
  /** First pause after a start that was not sent; doubles up to `notSentMaxMs`. Default 1 s. */
  notSentBaseMs: number;
  /** Default 60 s. */
  notSentMaxMs: number;
  /** First time for which others go before a cluster that did not take a start; doubles up to `refusedMaxMs`. Default 10 s. */
  refusedBaseMs: number;
  /** Default 5 min. */
  refusedMaxMs: number;
  /** Shortest pause before a task looks again whether a cluster can take it; grows with its waiting. Default 2 s. */
  clusterWaitMs: number;
  /** Default 30 s. */
  clusterWaitMaxMs: number;
  /** How long an execution may stay requested or scheduled before people are told. Default 5 min. */
  queuedStuckMs: number;
  /** How long a concurrency policy may delay it before people are told. Default 30 min. */
  delayedStuckMs: number;
  /** How long it may be canceling, pausing or resuming before people are told. Default 10 min. */
  steeredStuckMs: number;
  /** How long an execution may run without a change before people are told. Default 1 h. */
  runningStuckMs: number;
  /** How long after its timeout an approval that WeCom never took is kept. Default 24 h. */
  unaskedGraceMs: number;
  /** How long an `unknown` start is looked for. Default 24 h. */
  unknownGiveUpMs: number;
  /** How often a held task is looked at. Default 30 s. */
  heldRecheckMs: number;
}

export const DEFAULT_SETTINGS: MachineSettings = {
  startWindowMs: 150_000,
  startAnswerMs: 100_000,
  lookBaseMs: 1_000,
  lookMaxMs: 30_000,
  notSentBaseMs: 1_000,
  notSentMaxMs: 60_000,
  refusedBaseMs: 10_000,
  refusedMaxMs: 300_000,
  clusterWaitMs: 2_000,
  clusterWaitMaxMs: 30_000,
  queuedStuckMs: 300_000,
  delayedStuckMs: 1_800_000,
  steeredStuckMs: 600_000,
  runningStuckMs: 3_600_000,
  unaskedGraceMs: 86_400_000,
  unknownGiveUpMs: 86_400_000,
  heldRecheckMs: 30_000,
};

/** The pause before try number `tries` + 1: doubling from `base`, never above `max`. */
export function doublingDelayMs(tries: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(tries, 30));
}

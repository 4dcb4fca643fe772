/**
 * The named points of a task's way at which a crash is worth trying. Each is passed after what its name says
 * is durable, or before what it says is sent.
 */
export const STEPS = [
  "event_journaled",
  "task_made",
  "rules_committed",
  "replay_task_made",
  "replay_saved",
  "card_sending",
  "card_sent",
  "click_stored",
  "click_vouched",
  "click_applied",
  "intent_stored",
  "start_sending",
  "start_answered",
  "start_stored",
  "news_read",
  "end_stored",
  "report_sending",
  "report_sent",
] as const;
export type Step = (typeof STEPS)[number];

/** Told of each step as it is passed, and of which execution where that is known. Does nothing in production. */
export type StepObserver = (step: Step, executionId?: string) => void;

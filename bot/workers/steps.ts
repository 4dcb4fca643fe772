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

/**
 * Those of a release's way: before each deed on a cluster, behind it and before that is known, forward and on the way
 * back; between having clusters and being stored; and behind each step that was stored.
 */
export const RELEASE_POINTS = [
  ...(["release_held", "release_stored", "release_verify_doing", "release_verify_done"] as const),
  ...(["release_drain_doing", "release_drain_done", "release_look_doing", "release_look_done"] as const),
  ...(["release_set_doing", "release_set_done", "release_watch_doing", "release_watch_done"] as const),
  ...(["release_register_doing", "release_register_done"] as const),
  ...(["release_remove_doing", "release_remove_done", "release_prove_doing", "release_prove_done"] as const),
  ...(["release_undrain_doing", "release_undrain_done"] as const),
  ...(["rollback_set_doing", "rollback_set_done", "rollback_watch_doing", "rollback_watch_done"] as const),
  ...(["rollback_register_doing", "rollback_register_done"] as const),
  ...(["rollback_remove_doing", "rollback_remove_done"] as const),
  ...(["rollback_prove_doing", "rollback_prove_done"] as const),
  ...(["rollback_undrain_doing", "rollback_undrain_done"] as const),
] as const;
export type Step = (typeof STEPS)[number] | (typeof RELEASE_POINTS)[number];

/** Told of each step as it is passed, and of which execution where that is known. Does nothing in production. */
export type StepObserver = (step: Step, executionId?: string) => void;

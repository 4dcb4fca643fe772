import type { Json, JsonObject } from "../ids/index.ts";

/** An ended run that the engine is to run once more. The approval of the task is bound to it. */
export interface RerunOf {
  cluster: string;
  executionId: string;
  /** Names of its failed steps that are run again; none: the whole run. */
  steps: readonly string[];
  /** Those among them whose items are all run again, and not the failed ones alone; absent when none. */
  reset?: readonly string[];
  /** Ids of what had been made of it already when this was asked for: none of them is this one. */
  known: readonly string[];
}

/** A parameter that a retry gives another value. */
export interface ParamChange {
  name: string;
  /** What it was in the task that is retried; absent where that had none. */
  before?: Json;
}

/** How much of an ended run the engine is asked to run once more. */
export const RERUNS = ["all", "failed"] as const;
export type Rerun = (typeof RERUNS)[number];

/** How a person wants an ended task run once more; empty: by a start of its own, just as it was. */
export interface RetryWish {
  rerun?: Rerun;
  /** Of `failed`: these steps alone; all that failed when absent. */
  steps?: readonly string[];
  /** Of `failed`: the steps among them whose items are all run again. */
  reset?: readonly string[];
  /** Laid over the task's own. */
  parameters?: JsonObject;
  /** The only cluster that it may run on. */
  cluster?: string;
}

/** Parameters of a retry that differ from those before, with what follows from them. */
export interface ChangedContent {
  params: JsonObject;
  targets: string[];
  secretParams: readonly string[];
  changed: readonly ParamChange[];
}

/** What a wish comes to, once everything it needs is known. */
export interface RetryPlan {
  rerunOf?: RerunOf;
  content?: ChangedContent;
  cluster?: string;
}

/** Why an ended task cannot be run once more in the way that is wanted. Closed. */
export type RetryRefusal =
  /** Its run did not fail, or there was none. */
  | "nothing_to_rerun"
  /** None of the run's steps has failed, as far as the engine says. */
  | "no_failed_steps"
  /** A step that is named has not failed, or there is none of that name. */
  | "steps_not_failed"
  /** What the engine runs again can neither be changed nor moved. */
  | "rerun_as_it_was"
  /** A parameter holds only what the engine shows for a secret. */
  | "masked_params"
  /** A policy has agreed to what the rule renders, and to nothing else. */
  | "policy_params"
  /** The parameter names what the task is about. */
  | "target_params"
  /** Whoever approves chooses it. */
  | "chosen_params"
  | "first_start_unknown"
  /** The task may not run on that cluster. */
  | "cluster_not_allowed"
  | "action_not_there";

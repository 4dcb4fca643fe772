import type { JsonObject } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";

/** Where a person asked for a run. */
export const RUN_PLACES = ["chat", "rest", "gateway"] as const;
export type RunPlace = (typeof RUN_PLACES)[number];

/** A run that a person asks for by hand, without an event of a monitor and without a rule. */
export interface RunRequest {
  action: string;
  /** As typed or sent; cast by the action's schema where that is known. */
  parameters: JsonObject;
  /** userid; who asks may not approve alone. */
  by: string;
  via: RunPlace;
  /** The request's own key: the same key again gives the same task. */
  key: string;
  /** The text of the alias it was asked with, for people. */
  command?: string;
}

/** What became of it. */
export type RunAnswer =
  /** The task exists: it waits for approval, or runs under a policy. */
  | { outcome: "made"; task: Task }
  | {
      outcome: "refused";
      reason: "no_grant" | "not_allowed" | "bad_parameters" | "no_allowed_cluster" | "unknown_action";
      /** For people: what is wrong, where, what to do. */
      message: string;
    };

/** Takes runs that people ask for. */
export interface RunDesk {
  ask(request: RunRequest): Promise<RunAnswer>;
}

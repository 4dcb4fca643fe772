import type { ActionSchema } from "../actions/action-schema.ts";
import type { JsonObject } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";
import type { RunGrant } from "./grant.ts";
import type { RunPlace } from "./place.ts";

/** A run that a person asks for by hand, without an event of a monitor and without a rule. */
export interface RunRequest {
  action: string;
  /** As typed or sent; cast by the action's schema where that is known. */
  parameters: JsonObject;
  /** userid in lower case, or `local` for the machine's command line; who asks may not approve alone. */
  by: string;
  via: RunPlace;
  /** Id of the token that it came by; absent when by none. */
  token?: string;
  /** The request's own key: the same key again of the same person and place gives the same task. */
  key: string;
  /** Whom the engine itself is to tell of the end, as its own API has it; absent: nobody. */
  notify?: JsonObject;
  /** The text of the alias it was asked with, for people. Not kept where a parameter is secret. */
  command?: string;
}

/** Why there is no task. Closed: each is counted, logged and told. */
export type RunRefusal =
  /** `runs.yaml` lets nobody run this action by hand. */
  | "no_grant"
  | "not_allowed"
  /** Whether its person may cannot be found out now. */
  | "directory_unavailable"
  | "bad_parameters"
  | "no_allowed_cluster"
  /** No cluster has the action, or it is switched off wherever it is. */
  | "unknown_action"
  /** The policy that was to stand for an approval is void. */
  | "policy_void"
  /** The key has asked for something else before. */
  | "key_reused"
  /** Its person, or its token, has asked for too many lately. */
  | "too_many";

/** What became of it. */
export type RunAnswer =
  /** The task exists: it waits for approval, or runs under a policy. */
  | { outcome: "made"; task: Task }
  | {
      outcome: "refused";
      reason: RunRefusal;
      /** For people, in both languages: what is wrong, where, what to do. */
      message: string;
      /** The same in each. */
      words: RunWords;
      /** When the same may be asked again, where it is only too soon. */
      retryAfterMs?: number;
      /** What the action takes, where that is known and the parameters are at fault. */
      schema?: ActionSchema;
    };

/** A sentence in both languages. */
export interface RunWords {
  zh: string;
  en: string;
}

/** Takes runs that people ask for. */
export interface RunDesk {
  /**
   * Makes the task, exactly once for each key, or says why not. Throws when a store or the directory cannot be
   * asked: the same request may then be asked again.
   */
  ask(request: RunRequest): Promise<RunAnswer>;
}

/** What people may ask for. */
export interface RunGrants {
  /** The grants that this person may use now, in their order; `local` may use all. Fails as the directory does. */
  usableBy(by: string): Promise<readonly RunGrant[]>;
}

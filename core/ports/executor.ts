import type { CanaryResult, Probe } from "../clusters/finding.ts";
import type { Json, JsonObject } from "../ids/index.ts";
import type { ActionAlias } from "../runs/alias.ts";
import type { Control } from "../tasks/task.ts";

export interface StartRequest {
  cluster: string;
  action: string;
  parameters: JsonObject;
  /** `<task>-<start no>`: stored with the execution, so that it can be found again. */
  requestId: string;
  taskId: string;
  /** Who approved, for the record on the other side. */
  approvedBy: readonly string[];
  /** Whom the engine itself is to tell of the end, as its own API has it; an engine that has none leaves it out. */
  notify?: JsonObject;
}

/** One run as the engine tells it. Falsy fields may be missing (reference/stackstorm.md section 3). */
export interface Execution {
  id: string;
  cluster: string;
  action: string;
  status: string;
  startedAt?: string;
  endedAt?: string;
  elapsedSeconds?: number;
  result?: Json;
  /** Size of a result that was too large to be read along. */
  resultBytes?: number;
  requestId?: string;
  url?: string;
  parent?: string;
  /** Which step of its parent it is, by the name that the workflow gives it. */
  step?: string;
  /** It is a workflow, so that there may be runs below it. Told of children alone. */
  isWorkflow?: true;
  /** What it was given, secrets masked as `********`; only where an execution is read for being adopted. */
  parameters?: JsonObject;
  /** The ended run that it is one more run of. */
  rerunOf?: string;
  /** The engine's own retry policy has made it, to follow up another one. */
  isAttempt?: true;
}

/** What is known after asking for a start. Only `not_sent` proves that nothing can be running. */
export type StartOutcome =
  | { outcome: "started"; execution: Execution }
  /** Answered with a refusal: no run. `message` is the engine's own. */
  | { outcome: "refused"; message: string }
  /** `isAnswered`: the cluster is there and would not take it, so that others may well be taken. */
  | { outcome: "not_sent"; message: string; isAnswered?: true }
  | { outcome: "unknown"; message: string };

export type FindOutcome =
  /** The start itself; automatic retries of the engine are not it (reference/stackstorm.md section 9, point 7). */
  | {
      outcome: "found";
      execution: Execution;
      starts: number;
      /** Ids of the other starts of the same request, which must not be. */
      doubles: readonly string[];
      /** The engine's automatic retries of the start, oldest first. */
      attempts: readonly Execution[];
    }
  | { outcome: "absent" }
  | { outcome: "unreachable"; message: string };

export interface Hint {
  cluster: string;
  /** `*`: the stream is connected, and whatever moved before was missed. */
  executionId: string;
  status: string;
  /** The request id of the start, where the engine tells it along. */
  requestId?: string;
}

/** How the engine follows up failures of an action by itself. */
export interface RetryPolicy {
  on: "failed" | "timeout";
  maxAttempts: number;
  /** How long it waits before each. */
  delayMs: number;
}

/** What is known after asking the engine to cancel, pause or resume a run. */
export type ControlOutcome =
  /** It has done so, or had before it was asked. A run that is over is that too. */
  | { outcome: "taken"; execution: Execution }
  | { outcome: "refused"; message: string }
  /** Not known, or not sent. Asking again is safe: the run is read before it is asked for anything. */
  | { outcome: "open"; message: string };

/** What a running workflow asks people, in the engine's own words. */
export interface Inquiry {
  /** The run that asks; its parents lead to the run that was started. */
  id: string;
  cluster: string;
  /** What an answer must hold: a JSON Schema, whose properties say by a boolean `required` that they must be there. */
  schema: JsonObject;
  /** Whom the workflow's author had in mind, by the engine's own names of users and roles. */
  users: readonly string[];
  roles: readonly string[];
  /** How long it waits, in minutes; absent when the engine does not say. It may be that nobody ends it then. */
  ttlMinutes?: number;
}

/** What is known after an answer was given to the engine. */
export type InquiryOutcome =
  /** This answer is what the engine has. */
  | { outcome: "answered" }
  /** It does not ask any more, for another reason than this answer; `status` is that of the run that asked. */
  | { outcome: "settled"; status: string }
  /** It goes on asking: the engine takes no such answer, or none of ours. */
  | { outcome: "refused"; message: string }
  /** Not known, or not sent. The same answer may be given again: it is looked first whether it is there. */
  | { outcome: "open"; message: string };

/** An ended run of a workflow that is to be run once more from the steps that failed. */
export interface RerunRequest {
  cluster: string;
  /** The ended run. */
  executionId: string;
  action: string;
  /** Names of its failed steps that are run again; none: the whole run once more. */
  steps: readonly string[];
  /** Those among them whose items are all run again; none when absent. */
  reset?: readonly string[];
  requestId: string;
}

/**
 * The engine that does the work, over all its clusters. Nothing but `start`, `rerun`, `control`, `answer` and `canary`
 * has an effect there.
 */
export interface Executor {
  /** Asks for one start, exactly once; never repeats the request by itself and never throws for a failed one. */
  start(request: StartRequest): Promise<StartOutcome>;
  /** Looks for the start with this request id, `sinceMs` being when it was intended. */
  find(query: { cluster: string; action: string; requestId: string; sinceMs: number }): Promise<FindOutcome>;
  /**
   * Asks for one more run of an ended one, exactly once, as `start` does. The engine keeps no request id of it: what it
   * made is found among `reruns`.
   */
  rerun(request: RerunRequest): Promise<StartOutcome>;
  /** All runs that were made by running this one once more, the engine's attempts at them among them, oldest first. Throws when the engine cannot be read. */
  reruns(query: { cluster: string; action: string; executionId: string }): Promise<Execution[]>;
  /**
   * Runs of an action that began after `sinceMs` and that no request id claims, oldest first, with their parameters:
   * what could be a start that is looked for in vain. At most 20. Throws when the engine cannot be read.
   */
  unclaimed(query: { cluster: string; action: string; sinceMs: number }): Promise<Execution[]>;
  /**
   * Cancels, pauses or resumes a run. Reads it first and asks for nothing that is so already; never throws. A
   * canceled run of a single action is only marked: its process may go on.
   */
  control(order: { cluster: string; executionId: string; what: Control }): Promise<ControlOutcome>;
  /** How failures of an action are followed up; none where nothing says so. Throws when it cannot be read. */
  retryPolicies(cluster: string, action: string): Promise<RetryPolicy[]>;
  /** The chat commands that a cluster has and that are switched on, each once. Throws when they cannot be read. */
  aliases(cluster: string): Promise<ActionAlias[]>;
  /** With the result and the parameters. Null when the engine does not know it. */
  get(cluster: string, executionId: string): Promise<Execution | null>;
  /** Up to any number, without results; those the engine does not know are left out. */
  list(cluster: string, executionIds: readonly string[]): Promise<Execution[]>;
  children(cluster: string, executionId: string): Promise<Execution[]>;
  /**
   * The whole result as JSON text in lines, piece by piece, however large; null when the engine does not know the run.
   * Throws when it cannot be read, also while the pieces are read: then what was read is no whole.
   */
  result(cluster: string, executionId: string): Promise<AsyncIterable<string> | null>;
  /** What it has written so far. */
  output(cluster: string, executionId: string): Promise<string>;
  /**
   * Calls back with what it has written and writes, piece by piece, until it ends, the signal aborts or the engine can
   * be heard no more. Never throws. `ended` alone says that nothing will follow.
   */
  tail(
    run: { cluster: string; executionId: string },
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<{ outcome: "ended" } | { outcome: "cut"; message: string }>;
  /** What workflows ask people now, a hundred at most. Throws when the engine cannot be read. */
  inquiries(cluster: string): Promise<Inquiry[]>;
  /** Answers one, after having read whether it still asks; never throws. */
  answer(to: { cluster: string; id: string; response: JsonObject }): Promise<InquiryOutcome>;
  /**
   * Calls back with hints that something moved, until the signal aborts. Hints may be lost, doubled, out of order.
   * `onProven` is told true when the stream has shown that it is alive, and false when one that had ends; an engine
   * that cannot tell never calls it.
   */
  watch(
    cluster: string,
    onHint: (hint: Hint) => void,
    signal: AbortSignal,
    onProven?: (proven: boolean) => void,
  ): Promise<void>;
  /** Looks at a cluster layer by layer: its version, its runs, those of ours that wait too long. Never throws. */
  probe(cluster: string): Promise<Probe>;
  /**
   * Runs an action without effect and waits until it has succeeded, which proves that actions run. It stays in the
   * engine's history: to be done seldom. Never throws.
   */
  canary(cluster: string, withinMs: number): Promise<CanaryResult>;
  /** How many runs are under way, whoever started them; what is paused or waits for a person is not. Throws when it cannot be read. */
  busy(cluster: string): Promise<number>;
}

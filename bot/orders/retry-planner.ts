import { type Cluster, possibleClusters, type Route, routed } from "../../core/clusters/index.ts";
import { isChatOpsError } from "../../core/errors.ts";
import type { WhaleEvent } from "../../core/events/index.ts";
import type { ActionCatalog, Clock, Executor } from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import { grantFor, type RunGrant, type RunWords } from "../../core/runs/index.ts";
import {
  changedContent,
  currentDigest,
  failedSteps,
  type RefusalReason,
  type RetryPlan,
  type RetryWish,
  retryFault,
  type Task,
} from "../../core/tasks/index.ts";
import { placesOf, schemaReader } from "../runs/index.ts";

/** What retries are held against. */
export interface RetryGround {
  rules: readonly Rule[];
  grants: readonly RunGrant[];
  clusters: readonly Cluster[];
  routes: readonly Route[];
}

export interface RetryPlannerDeps {
  executor: Pick<Executor, "children" | "reruns">;
  catalog: Pick<ActionCatalog, "readAction">;
  /** An event that is still kept; null when it is not. */
  event: (id: string) => Promise<WhaleEvent | null>;
  inForce: () => RetryGround;
  isSecretKey: (name: string) => boolean;
  clock: Clock;
}

/** What a wish comes to as things stand. */
export type PlannedRetry =
  | { outcome: "planned"; plan: RetryPlan }
  | { outcome: "refused"; reason: RefusalReason }
  /** The parameters do not fit the action. */
  | { outcome: "misfits"; words: RunWords };

/** Says what running an ended task once more would be, and asks engines for what it must know for that. */
export type RetryPlanner = (task: Task, wish: RetryWish) => Promise<PlannedRetry>;

type Deps = RetryPlannerDeps & { readSchemas: ReturnType<typeof schemaReader> };

export function createRetryPlanner(given: RetryPlannerDeps): RetryPlanner {
  const deps = { ...given, readSchemas: schemaReader(given) };
  return async (task, wish) => {
    const reason = retryFault(task, currentDigest(deps.inForce(), task), wish);
    if (reason) return { outcome: "refused", reason };
    if (wish.rerun !== undefined) return planRerun(task, wish, deps);
    if (wish.parameters === undefined && wish.cluster === undefined) return { outcome: "planned", plan: {} };
    return planStart(task, wish, deps);
  };
}

async function planRerun(task: Task, wish: RetryWish, { executor }: Deps): Promise<PlannedRetry> {
  const { execution, action } = task;
  if (!execution) return { outcome: "refused", reason: "nothing_to_rerun" };
  const { id: executionId, cluster } = execution;
  try {
    const isWhole = wish.rerun === "all";
    const failed = isWhole ? [] : failedSteps(await executor.children(cluster, executionId));
    if (!isWhole && failed.length === 0) return { outcome: "refused", reason: "no_failed_steps" };
    const { steps = failed, reset = [] } = wish;
    if (steps.some((step) => !failed.includes(step)))
      return { outcome: "refused", reason: "steps_not_failed" };
    const known = (await executor.reruns({ cluster, action, executionId })).map(({ id }) => id);
    return {
      outcome: "planned",
      plan: { rerunOf: { cluster, executionId, steps, known, ...(reset.length > 0 ? { reset } : {}) } },
    };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    return { outcome: "refused", reason: "engine_unreachable" };
  }
}

async function planStart(task: Task, { parameters, cluster }: RetryWish, deps: Deps): Promise<PlannedRetry> {
  const { isSecretKey } = deps;
  const allowed = cluster === undefined ? task.clusters : [cluster];
  if (cluster !== undefined && !(await allowedNow(task, deps)).includes(cluster)) {
    return { outcome: "refused", reason: "cluster_not_allowed" };
  }
  const places = await placesOf(task.action, allowed, deps.readSchemas);
  if (places.length === 0) return { outcome: "refused", reason: "action_not_there" };
  // Nobody could say whether the parameters fit, or whether the action is there.
  if (places.every(({ schema }) => !schema)) return { outcome: "refused", reason: "engine_unreachable" };
  const plan: RetryPlan = cluster === undefined ? {} : { cluster };
  if (parameters === undefined) return { outcome: "planned", plan };
  const grant = isRun(task) ? grantFor(deps.inForce().grants, task.action) : null;
  const change = changedContent(task, parameters, { places, grant, isSecretKey });
  if (change.outcome !== "changed") return change;
  return { outcome: "planned", plan: { ...plan, content: change.content } };
}

function isRun({ origin }: Task): boolean {
  return origin.kind === "run" || (origin.kind === "retry" && origin.grant !== undefined);
}

/** Where such a task may run as things stand. Without its event nobody can say what routes would make of it. */
async function allowedNow(task: Task, { inForce, event }: Deps): Promise<readonly string[]> {
  const { business, action, eventId } = task;
  if (isRun(task)) return routed(inForce(), { business, action, event: null }).clusters;
  const known = await event(eventId);
  if (known) return routed(inForce(), { business, action, event: known }).clusters;
  const possible = possibleClusters(inForce(), { business, action });
  return task.clusters.filter((one) => possible.includes(one));
}

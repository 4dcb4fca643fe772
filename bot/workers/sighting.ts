import { setTimeout as pause } from "node:timers/promises";
import { startParams } from "../../core/approvals/index.ts";
import type { ClusterChoice, PassReason } from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import { hashOf, requestId } from "../../core/ids/index.ts";
import type { Execution, Executor, FindOutcome } from "../../core/ports/index.ts";
import {
  type Candidate,
  type Evidence,
  type ExecutionRecord,
  heldBefore,
  type RerunOf,
  type Sighting,
  type Task,
} from "../../core/tasks/index.ts";

/** What StackStorm gives in the place of a secret. */
const MASK = "********";
const MOST_CANDIDATES = 5;

/** The execution as a task keeps it. */
export function executionRecord(execution: Execution): ExecutionRecord {
  const { id, cluster, status, startedAt, endedAt, elapsedSeconds, result, resultBytes, url } = execution;
  const fields = { startedAt, endedAt, elapsedSeconds, result, resultBytes, url };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { id, cluster, status, ...Object.fromEntries(known) };
}

/** Where starts of the task may be: where its last one went, and its earlier ones. */
export function clustersOf({ start }: Task): string[] {
  return start ? [...new Set([start.cluster, ...(start.before ?? [])])] : [];
}

/**
 * Looks on some clusters for every start that the task may have made, whatever its number. What was found counts
 * whoever else could not be reached; that there is none is known only when all have answered.
 */
export async function sightOf(task: Task, clusters: readonly string[], executor: Finder): Promise<Sighting> {
  // What is made of a run carries no request id: all there is, is found at once.
  const numbers = task.rerunOf ? [task.startNo] : Array.from({ length: task.startNo }, (_, i) => i + 1);
  const places = [...new Set(clusters)].flatMap((cluster) => numbers.map((no) => ({ cluster, no })));
  const found = await Promise.all(places.map((place) => findAt(task, place, executor)));
  const [first, ...others] = found.filter((one) => one.outcome === "found");
  if (first) {
    const doubles = [...first.doubles, ...others.flatMap((one) => [one.execution.id, ...one.doubles])];
    return { outcome: "found", execution: executionRecord(first.execution), doubles };
  }
  const silent = found.findIndex((one) => one.outcome === "unreachable");
  const { [silent]: answer } = found;
  if (answer?.outcome !== "unreachable") return { outcome: "absent" };
  const { [silent]: place } = places;
  return { ...answer, ...(place ? { at: place.cluster } : {}) };
}

/**
 * Looks for starts of the task before it is started anew. The chosen cluster must answer, and so must each that may
 * hold an earlier one. The others of its set are asked as well, because a restored store may have forgotten where it
 * went; they are not waited for when they do not answer, or one that hangs would keep all the others from working.
 */
export async function sightBefore(
  task: Task,
  choice: Extract<ClusterChoice, { outcome: "chosen" }>,
  executor: Finder,
): Promise<Sighting> {
  const must = [choice.cluster, ...(heldBefore(task).before ?? [])];
  const others = choice.passed.flatMap(({ cluster, reason }) => {
    return must.includes(cluster) || NOT_ASKED.includes(reason) ? [] : [cluster];
  });
  const beside = sightOf(task, others, executor);
  const sighting = await sightOf(task, must, executor);
  if (sighting.outcome !== "absent" || others.length === 0) return sighting;
  const seen = await Promise.race([beside, pause(BESIDE_MS, null, { ref: false })]);
  return seen?.outcome === "found" ? seen : sighting;
}

/** Clusters that cannot be asked, or are known not to answer. */
const NOT_ASKED: readonly PassReason[] = ["not_configured", "down", "refused_lately"];
/** So long a start waits for clusters whose answer it does not need. */
const BESIDE_MS = 1_000;

/** What looks for starts. */
export type Finder = Pick<Executor, "find" | "reruns">;

/** Looks on a cluster for the start of this number. */
export function findAt(
  task: Task,
  { cluster, no }: { cluster: string; no: number },
  executor: Finder,
): Promise<FindOutcome> {
  const { start, action, rerunOf } = task;
  if (rerunOf) return findRerun(action, rerunOf, executor);
  const wanted = requestId(task.id, no);
  // The intent of the present start is its earliest moment; any other came after the task was made.
  const sinceMs = start?.requestId === wanted ? start.intentAtMs : task.createdAtMs;
  return executor.find({ cluster, action, requestId: wanted, sinceMs });
}

/** What was made of the run since this was asked for. */
async function findRerun(
  action: string,
  { cluster, executionId, known }: RerunOf,
  executor: Pick<Executor, "reruns">,
): Promise<FindOutcome> {
  try {
    const all = await executor.reruns({ cluster, action, executionId });
    const since = all.filter(({ id }) => !known.includes(id));
    const [execution, ...others] = since.filter(({ isAttempt }) => !isAttempt);
    if (!execution) return { outcome: "absent" };
    const doubles = others.map(({ id }) => id);
    const attempts = since.filter(({ isAttempt }) => isAttempt);
    return { outcome: "found", execution, starts: doubles.length + 1, doubles, attempts };
  } catch (error) {
    return { outcome: "unreachable", message: errorText(error) };
  }
}

/** What could be a start that is looked for in vain; undefined when StackStorm cannot tell now. */
export async function candidatesOf(
  task: Task,
  executor: Pick<Executor, "unclaimed">,
): Promise<Candidate[] | undefined> {
  const { start, action } = task;
  if (!start) return undefined;
  const wanted = hashOf(startParams(task));
  const seen = await Promise.all(
    clustersOf(task).map((cluster) => {
      const query = { cluster, action, sinceMs: start.intentAtMs };
      // What could be it is a help to people, and no part of what is decided.
      return executor.unclaimed(query).catch(() => null);
    }),
  );
  if (seen.includes(null)) return undefined;
  const fitting = seen
    .flatMap((list) => list ?? [])
    .filter((one) => {
      return paramsHash(one) === wanted && one.rerunOf === task.rerunOf?.executionId;
    });
  return fitting.slice(0, MOST_CANDIDATES).map(({ id, cluster, status, startedAt }) => {
    return { id, cluster, status, ...(startedAt === undefined ? {} : { startedAt }) };
  });
}

/** Null when some of them are hidden, so that nobody can compare them. */
function paramsHash({ parameters = {} }: Execution): string | null {
  return JSON.stringify(parameters).includes(MASK) ? null : hashOf(parameters);
}

/** What is known of an execution that a person names, on whichever allowed cluster it is. */
export async function evidenceOf(
  task: Task,
  executionId: string,
  executor: Pick<Executor, "get">,
): Promise<Evidence> {
  const read = task.clusters.map((cluster) => executor.get(cluster, executionId));
  const answers = await Promise.allSettled(read);
  const execution = answers.flatMap((one) => (one.status === "fulfilled" ? (one.value ?? []) : []))[0];
  if (!execution) return answers.some((one) => one.status === "rejected") ? AWAY : { outcome: "absent" };
  const { action, requestId: claimed, rerunOf } = execution;
  return {
    outcome: "seen",
    execution: executionRecord(execution),
    action,
    paramsHash: paramsHash(execution),
    ...(claimed === undefined ? {} : { requestId: claimed }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
  };
}

const AWAY: Evidence = { outcome: "unreachable", message: "StackStorm cannot be read" };

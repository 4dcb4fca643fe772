import { clip } from "./errors.ts";
import { RELEASE_MARK } from "./place.ts";
import type { ContainerStatus, Pod } from "./schema.ts";

/** What a reason of a container that waits means; others are told as they stand. */
const WAITING: Readonly<Record<string, string>> = {
  ErrImagePull: "cannot pull its image",
  ImagePullBackOff: "cannot pull its image",
  ErrImageNeverPull: "has an image that may not be pulled and is not there",
  InvalidImageName: "has an image whose name cannot be one",
  RegistryUnavailable: "cannot reach the registry of its image",
  CrashLoopBackOff: "ends as soon as it is started",
  CreateContainerConfigError: "cannot be made from its configuration",
  CreateContainerError: "cannot be made",
  RunContainerError: "cannot be run",
};

const USUAL = ["PodInitializing", "ContainerCreating"];
const MOST = 5;

/** Whether pods will stay as they are whatever time passes. */
export function neverComesUp(pods: readonly Pod[], mark: string | null): boolean {
  return ofMark(pods, mark).some((pod) =>
    statusesOf(pod).some(({ state }) => state?.waiting?.reason === "InvalidImageName"),
  );
}

/**
 * What keeps the pods of the newest template from running, in words, the same ones once with their number; at most five.
 * Old pods that leave, or fail beside it, are no problem of this roll-out.
 */
export function podProblems(pods: readonly Pod[], mark: string | null): string[] {
  const names = new Map<string, string[]>();
  for (const pod of ofMark(pods, mark)) {
    const problem = problemOf(pod);
    if (problem !== null) names.set(problem, [...(names.get(problem) ?? []), pod.metadata.name]);
  }
  return [...names].slice(0, MOST).map(([problem, of]) => `${whose(of)}: ${problem}`);
}

function ofMark(pods: readonly Pod[], mark: string | null): Pod[] {
  return pods.filter(({ metadata }) => {
    if (metadata.deletionTimestamp !== undefined) return false;
    return mark === null || metadata.annotations?.[RELEASE_MARK] === mark;
  });
}

function whose([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? `pod ${first}` : `${others.length + 1} pods, ${first} first`;
}

function statusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function problemOf(pod: Pod): string | null {
  const { status } = pod;
  const unplaced = status?.conditions?.find(
    ({ type, status: is }) => type === "PodScheduled" && is === "False",
  );
  if (unplaced) return clip(`finds no place to run: ${unplaced.message ?? unplaced.reason ?? ""}`);
  if (status?.phase === "Failed")
    return clip(`has failed: ${status.message ?? status.reason ?? "no reason given"}`);
  for (const one of status?.initContainerStatuses ?? []) {
    const problem = containerProblem(one, "init container");
    if (problem !== null) return problem;
  }
  for (const one of status?.containerStatuses ?? []) {
    const problem = containerProblem(one, "container");
    if (problem !== null) return problem;
  }
  return null;
}

function containerProblem({ name, image = "", state, restartCount = 0 }: ContainerStatus, kind: string) {
  const { waiting, terminated } = state ?? {};
  const who = `${kind} ${name} (${image})`;
  if (waiting?.reason !== undefined && !USUAL.includes(waiting.reason)) {
    const { reason, message } = waiting;
    const what = WAITING[reason] ?? "waits";
    // Which pod it is stands in some of the messages: they would keep the same problem from being one.
    const told = reason === "CrashLoopBackOff" || message === undefined ? reason : `${reason}: ${message}`;
    return clip(`${who} ${what} (${told})`);
  }
  const failed = terminated !== undefined && (terminated.exitCode ?? 0) !== 0;
  if (failed) return clip(`${who} ended with ${terminated.exitCode} (${terminated.reason ?? "Error"})`);
  return kind === "container" && restartCount > 0 ? `${who} had to be started again` : null;
}

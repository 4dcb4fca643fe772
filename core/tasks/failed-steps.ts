import type { Execution } from "../ports/executor.ts";

const FAILED = ["failed", "timeout", "abandoned"];

type Child = Pick<Execution, "step" | "status" | "startedAt" | "endedAt">;

/**
 * Names of a workflow's steps that have failed, in their order, each once. A failure after which the same step was begun
 * again was followed up by the workflow itself, and does not count.
 */
export function failedSteps(children: readonly Child[]): string[] {
  const failed = children.filter((child) => FAILED.includes(child.status) && !isFollowedUp(child, children));
  return [...new Set(failed.flatMap(({ step }) => step ?? []))];
}

function isFollowedUp({ step, endedAt }: Child, children: readonly Child[]): boolean {
  const endedAtMs = Date.parse(endedAt ?? "");
  return children.some((one) => one.step === step && Date.parse(one.startedAt ?? "") >= endedAtMs);
}

import type { JsonObject } from "../ids/index.ts";
import type { RunGrant } from "../runs/grant.ts";
import { fitRun, type OnCluster } from "../runs/prepare.ts";
import type { RunWords } from "../runs/run.ts";
import type { ChangedContent, ParamChange, RetryRefusal } from "./retry-plan.ts";
import type { Task } from "./task.ts";

/** What other parameters make of a task's content, or why they may not be. */
export type ContentChange =
  | { outcome: "changed"; content: ChangedContent }
  | { outcome: "refused"; reason: RetryRefusal }
  /** They do not fit the action; in words for people. */
  | { outcome: "misfits"; words: RunWords };

/** What changing needs to know. */
export interface ChangeFacts {
  /** What the clusters that the retry may run on say of the action. */
  places: readonly OnCluster[];
  /** The grant that the task was asked for under; null where a rule made it. */
  grant: Pick<RunGrant, "id" | "targets"> | null;
  /** Whether a field of this name holds a secret. */
  isSecretKey: (name: string) => boolean;
}

/**
 * Lays parameters over those of an ended task. Together they must fit the action on every cluster. What a grant says of
 * targets is rendered anew; what a rule's task is about was rendered out of its event, and stays: who wants something
 * else asks for a run of its own.
 */
export function changedContent(ended: Task, given: JsonObject, facts: ChangeFacts): ContentChange {
  const { places, grant, isSecretKey } = facts;
  const fitted = fitRun({ ...ended.params, ...given }, grant ?? { id: "", targets: [] }, places);
  if (fitted.outcome === "misfits") return fitted;
  const { params } = fitted;
  const changed = changesOf(ended.params, params, Object.keys(given));
  const moves = grant === null && changed.some(({ before }) => namesTarget(before, ended.targets));
  if (moves) return { outcome: "refused", reason: "target_params" };
  const secret = [
    ...(ended.secretParams ?? []),
    ...fitted.secretParams,
    ...Object.keys(params).filter(isSecretKey),
  ];
  const secretParams = [...new Set(secret)].filter((name) => Object.hasOwn(params, name)).sort();
  const targets = grant === null ? ended.targets : fitted.targets;
  return { outcome: "changed", content: { params, targets, secretParams, changed } };
}

function changesOf(before: JsonObject, after: JsonObject, names: readonly string[]): ParamChange[] {
  return names.flatMap((name): ParamChange[] => {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    if (JSON.stringify(was) === JSON.stringify(after[name])) return [];
    return [{ name, ...(was === undefined ? {} : { before: was }) }];
  });
}

function namesTarget(value: ParamChange["before"], targets: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => namesTarget(one, targets));
  return value !== undefined && value !== null && targets.includes(String(value));
}

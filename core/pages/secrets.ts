import { type ActionLookup, isSecretParam } from "../actions/rule-params.ts";
import { startParams } from "../approvals/choices.ts";
import type { Json, JsonObject } from "../ids/index.ts";
import type { Task } from "../tasks/task.ts";
import { hiddenIn, hiding, type Masking, masked } from "./masked.ts";

/** How it is known what of tasks is secret. */
export interface Secrecy {
  masking: Masking;
  actions: ActionLookup;
}

/** What a task, or what may become one, runs. */
export type RunOf = Pick<Task, "action" | "clusters" | "params"> &
  Partial<Pick<Task, "secretParams" | "choices" | "chosen" | "execution">>;

/** What people see of the parameters of one task. */
export interface ShownRun {
  /** As they are, or would be, sent, without what is secret. */
  params: JsonObject;
  /** A value of one of them, such as what it was before. */
  shownValue: (name: string, value: Json) => Json;
  /** Whether any is secret. */
  hasSecrets: boolean;
  /** Hides what is secret of them in any other text, such as an output. */
  hide: (text: string) => string;
  /** Hides it in a value that programs read, such as a result. */
  shownResult: (value: Json) => Json;
}

export type ShowRun = (run: RunOf) => ShownRun;

/**
 * What people may see of what a task runs: the one place that says so. A parameter is secret when the task says it,
 * when the action says it on a cluster that the task may run on, or when its name does; within a value, by names alone.
 */
export function shownRun(run: RunOf, { masking, actions }: Secrecy): ShownRun {
  const { action, clusters, secretParams = [], execution, params } = run;
  const places = execution ? [...clusters, execution.cluster] : clusters;
  const isSecret = (name: string) =>
    secretParams.includes(name) || isSecretParam(actions, { action, clusters: places }, name);
  const sent = masked(startParams(run), masking, isSecret);
  const secrets = [...sent.secrets, ...masked(params, masking, isSecret).secrets];
  const hide = hiding(secrets, masking);
  return {
    params: sent.value,
    hasSecrets: secrets.length > 0,
    shownValue: (name, value) => masked({ [name]: value }, masking, isSecret).value[name] ?? null,
    hide,
    shownResult: (value) => hiddenIn(value, hide),
  };
}

/** Shows runs by what is known of secrets at that moment. */
export function showingRuns(secrecy: Secrecy): ShowRun {
  return (run) => shownRun(run, secrecy);
}

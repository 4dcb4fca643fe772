import { hashOf, type JsonObject } from "../ids/index.ts";
import type { ShowRun } from "../pages/secrets.ts";
import type { Rule } from "./rule.ts";

/** What a shadow rule would have done, had it been live. */
export interface WouldDo {
  action: string;
  /** Of the first task. */
  targets: readonly string[];
  /** The beginning of the first task's params as JSON; what the action calls secret is left out. */
  params: string;
  /** Hash of those params, whole. */
  paramsDigest: string;
  /** How many tasks; more than one with `forEach`. */
  tasks: number;
  /** Key of the rule's own bucket, which was not asked. */
  throttleKey?: string;
}

/** One task as it was rendered. */
export interface RenderedTask {
  throttleKey: string | undefined;
  rendered: { params: JsonObject; targets: readonly string[]; clusters: string[] };
}

const MOST_TARGETS = 10;
const MOST_PARAMS_CHARS = 500;

/** What a rule would do, short enough to be kept with each verdict. */
export function wouldDo(
  { action }: Pick<Rule, "action">,
  tasks: readonly [RenderedTask, ...RenderedTask[]],
  shown: ShowRun,
): WouldDo {
  const [{ throttleKey, rendered }] = tasks;
  const { params, targets, clusters } = rendered;
  const run = shown({ action, params, clusters });
  const text = JSON.stringify(run.params);
  return {
    action,
    targets: targets.slice(0, MOST_TARGETS).map(run.hide),
    params: text.length > MOST_PARAMS_CHARS ? `${text.slice(0, MOST_PARAMS_CHARS - 1)}…` : text,
    paramsDigest: hashOf(params),
    tasks: tasks.length,
    ...(throttleKey === undefined ? {} : { throttleKey }),
  };
}

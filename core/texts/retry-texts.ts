import type { RetryRefusal } from "../tasks/retry-plan.ts";

/** What is told of retries that are not what they are of, in one language. */
export interface RetryTexts {
  /** Row label, at most 5 characters. */
  label: string;
  all: string;
  steps: (names: string) => string;
  /** Beside it: the steps of which every item is run again. */
  reset: (names: string) => string;
  on: (cluster: string) => string;
  /** One changed parameter; `before` is null where it was not given. */
  change: (facts: { name: string; before: string | null; after: string }) => string;
  /** What is told when a retry is to be confirmed. */
  asked: string;
  refusals: Record<RetryRefusal, string>;
  usage: string;
  stray: (word: string) => string;
  /** How a task of an event stands, in the answer to `why`. */
  taskIs: (facts: { id: string; state: string }) => string;
}

export const retryZh: RetryTexts = {
  label: "重试",
  all: "整个执行重跑",
  steps: (names) => `只重跑失败步骤 ${names}`,
  reset: (names) => `${names} 的各项从头来过`,
  on: (cluster) => `在 ${cluster} 重新启动`,
  change: ({ name, before, after }) => `${name}: ${before ?? "（无）"} → ${after}`,
  asked: "将建一个重试任务，需重新授权",
  refusals: {
    nothing_to_rerun: "没有失败的执行可以重跑；要按原样再启动一次，请去掉 失败步骤 / 重跑",
    no_failed_steps: "执行里没有失败的步骤；不是工作流的，请直接重试",
    steps_not_failed: "所列步骤里有没失败的，或没有这个步骤；请只写失败的步骤",
    rerun_as_it_was: "重跑只能照原样、在原集群；要改参数或换集群，请去掉 失败步骤 / 重跑",
    masked_params:
      "有参数是 ********，真实的值只有 StackStorm 知道，不能重新发送；请用 重跑，或给出该参数的值",
    policy_params: "这个任务按策略执行，策略只同意规则给出的参数；要改参数，请用 运行 重新发起",
    target_params: "这个参数决定执行对象，不能在重试时改；请用 运行 重新发起",
    chosen_params: "这个参数由授权人在卡片上选择，不能在重试时改",
    first_start_unknown: "还不知道之前的启动是否成功，不能换集群；请先在 StackStorm 核实",
    cluster_not_allowed: "这个业务的任务不能在该集群执行，或没有该集群",
    action_not_there: "该集群没有这个动作，或已停用",
  },
  usage: "写法：重试 任务编号 [失败步骤 | 重跑] [在 集群] [参数=值 …]，例如 重试 3f2a6c 在 bj-core limit=5",
  stray: (word) => `看不懂“${word}”。`,
  taskIs: ({ id, state }) => `任务 ${id} ${state}`,
};

export const retryEn: RetryTexts = {
  label: "Retry",
  all: "the whole run once more",
  steps: (names) => `failed steps alone: ${names}`,
  reset: (names) => `all items of ${names}`,
  on: (cluster) => `started anew on ${cluster}`,
  change: ({ name, before, after }) => `${name}: ${before ?? "(none)"} → ${after}`,
  asked: "Makes a task that runs it once more, to be approved anew",
  refusals: {
    nothing_to_rerun:
      "It has no failed run that could be run again; leave out failed / rerun to start it anew",
    no_failed_steps: "No step of the run has failed; what is no workflow is retried as a whole",
    steps_not_failed: "A step that is named has not failed, or there is no such step: name failed ones alone",
    rerun_as_it_was:
      "Failed steps and runs are run again as they were and where they were; leave out failed / rerun for other parameters or another cluster",
    masked_params:
      "A parameter is ********: only StackStorm knows its value, so it cannot be sent again; use rerun, or give the parameter its value",
    policy_params:
      "It runs under a policy, which has agreed to what the rule renders; ask for a run of its own with run",
    target_params: "That parameter says what it runs on; ask for a run of its own with run",
    chosen_params: "Whoever approves chooses that parameter on the card",
    first_start_unknown:
      "It is not known whether the start before went through, so that it cannot go to another cluster; look in StackStorm first",
    cluster_not_allowed: "Tasks of this business may not run on that cluster, or there is none of that name",
    action_not_there: "That cluster has not got the action, or it is switched off there",
  },
  usage:
    "Write: retry TASK [failed | rerun] [on CLUSTER] [name=value …], for example retry 3f2a6c on bj-core limit=5",
  stray: (word) => `“${word}” is not understood.`,
  taskIs: ({ id, state }) => `task ${id} ${state}`,
};

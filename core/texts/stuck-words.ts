/** What is known of an execution that does not move; `id` is the task's short id. */
export interface StuckFacts {
  status: string;
  minutes: number;
  id: string;
}

const ZH: Record<string, (id: string) => string> = {
  requested: (id) => `启动消息多半已丢失，它不会自己开始。可发送：取消 ${id}，结束后 重试 ${id}`,
  scheduled: (id) => `请检查 StackStorm 的执行节点。可发送：取消 ${id}，结束后 重试 ${id}`,
  delayed: (id) => `并发策略让它排队，别的执行结束后才会开始。可等待，或发送：取消 ${id}`,
  canceling: () =>
    "工作流要等子任务结束，单个操作的进程不会被终止。请在 StackStorm 查看子任务，并到机器上核实",
  pausing: (id) => `正在运行的子任务结束后才会暂停。可等待，或发送：取消 ${id}`,
  resuming: (id) => `请检查 StackStorm 的工作流引擎。可发送：取消 ${id}，结束后 重试 ${id}`,
};

const EN: Record<string, (id: string) => string> = {
  requested: (id) =>
    `the message that starts it is probably lost, and it will not begin by itself. You can send: cancel ${id}, and then: retry ${id}`,
  scheduled: (id) => `check StackStorm's runners. You can send: cancel ${id}, and then: retry ${id}`,
  delayed: (id) => `a concurrency policy holds it until others have ended. Wait, or send: cancel ${id}`,
  canceling: () =>
    "a workflow waits for its children, and the process of a single action is not killed. Look at its children in StackStorm, and at the machine",
  pausing: (id) => `it pauses when its running children have ended. Wait, or send: cancel ${id}`,
  resuming: (id) => `check StackStorm's workflow engine. You can send: cancel ${id}, and then: retry ${id}`,
};

function adviceIn(words: typeof ZH, status: string): ((id: string) => string) | undefined {
  return Object.hasOwn(words, status) ? words[status] : undefined;
}

/** How long it has not moved, and what can be done about it in that status, in Chinese. */
export function stuckZh({ status, minutes, id }: StuckFacts): string {
  const advice = adviceIn(ZH, status)?.(id) ?? `请检查 StackStorm。可发送：取消 ${id}，结束后 重试 ${id}`;
  return `执行停在 ${status} 已 ${minutes} 分钟，${advice}`;
}

/** The same in English. */
export function stuckEn({ status, minutes, id }: StuckFacts): string {
  const advice =
    adviceIn(EN, status)?.(id) ?? `check StackStorm. You can send: cancel ${id}, and then: retry ${id}`;
  return `The execution has been ${status} for ${minutes} min; ${advice}`;
}

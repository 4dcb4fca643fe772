import { OPEN_STATES, type Task, type TaskState, TERMINAL_STATES } from "../tasks/index.ts";

const STATES_OF: Readonly<Record<string, readonly TaskState[]>> = {
  waiting: ["pending_approval"],
  running: ["approved", "starting", "running", "paused", "canceling"],
  held: ["held"],
  unknown: ["unknown"],
  open: OPEN_STATES,
  ended: TERMINAL_STATES,
  succeeded: ["succeeded"],
  failed: ["failed", "timeout", "abandoned", "refused", "gave_up"],
};

/** What each word of a filter means: the tasks that wait for this person, or some states. */
const WORDS: Readonly<Record<string, keyof typeof STATES_OF | "mine">> = {
  ...{ mine: "mine", my: "mine", 我的: "mine", 待我授权: "mine" },
  ...{ waiting: "waiting", pending: "waiting", 待授权: "waiting" },
  ...{ running: "running", 运行中: "running", 执行中: "running", 进行中: "running" },
  ...{ held: "held", 停住: "held", unknown: "unknown", 未知: "unknown" },
  ...{ open: "open", 未结束: "open", ended: "ended", done: "ended", 已结束: "ended" },
  ...{ succeeded: "succeeded", 成功: "succeeded", failed: "failed", 失败: "failed" },
};

/** Which tasks somebody wants listed. */
export interface TaskFilter {
  /** Only those that wait for this person. */
  mine: boolean;
  states?: readonly TaskState[];
  /** Words that title, subject, business, rule or action must hold, in lower case. */
  words: readonly string[];
}

/** Whether a word stands for some tasks rather than for one task's id. */
export function isFilterWord(word: string): boolean {
  return Object.hasOwn(WORDS, word);
}

/** Reads what stands behind `tasks`. */
export function taskFilterOf(text: string): TaskFilter {
  const words = text.normalize("NFKC").toLowerCase().split(/\s+/u).filter(Boolean);
  const named = words.flatMap((word) => (isFilterWord(word) ? [WORDS[word] ?? "mine"] : []));
  const states = named.flatMap((one) => STATES_OF[one] ?? []);
  return {
    mine: named.includes("mine"),
    ...(states.length > 0 ? { states } : {}),
    words: words.filter((word) => !isFilterWord(word)),
  };
}

/** Whether a task has all the words of a filter. */
export function hasWords(task: Task, words: readonly string[]): boolean {
  const { title, business, ruleId, action, event, targets } = task;
  const text = [title, business, ruleId, action, event.title, event.subject, ...targets]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

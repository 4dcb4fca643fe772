import type { Task } from "../tasks/index.ts";

/**
 * Who asked for a task, and so hears when it cannot be told or asked: the person of its order or offer, else those who
 * have approved it. Whoever the rule reports to is asked of the directory beside them.
 */
export function askersOf({ origin, decisions }: Task): string[] {
  if (origin.kind !== "rule" && origin.by !== null) return [origin.by];
  const approvers = decisions.filter(({ verdict }) => verdict === "approve").map(({ by }) => by);
  return [...new Set(approvers.filter((by) => !by.startsWith("policy:")))];
}

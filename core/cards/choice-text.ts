import type { Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";

/** Where a task goes and why, with why not elsewhere; empty while nobody has chosen. */
export function choiceText({ choice }: Pick<Task, "choice">, { choice: words }: Texts): string {
  if (!choice) return "";
  const passed = choice.passed.map(({ cluster, reason, found }) => {
    return `${cluster}: ${words.passed[reason]}${found === undefined ? "" : `, ${found}`}`;
  });
  const chosen = choice.outcome === "chosen" ? [`${choice.cluster}: ${words.chosen[choice.reason]}`] : [];
  return [...chosen, ...passed].join("; ");
}

import type { MessageViewing } from "../../core/cards/index.ts";
import { taskLine } from "../../core/commands/index.ts";
import type { TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";

const LISTED = 10;

/** The one task that a person means by the beginning of its id, or what to answer when that is not one. */
export type FoundTask = { outcome: "found"; task: Task } | { outcome: "answered"; text: string };

/** Finds a task by what people type: the id on a card, or its beginning. */
export async function findTask(
  typed: string,
  viewing: MessageViewing,
  tasks: Pick<TaskStore, "findByPrefix">,
): Promise<FoundTask> {
  const { commands } = viewing.texts;
  const prefix = typed.replace(/^t_/, "").replace(/@\d+$/, "");
  const shown = viewing.plain(prefix.slice(0, 60));
  const found = /^[a-z2-7]{1,52}$/.test(prefix) ? await tasks.findByPrefix(prefix, LISTED) : [];
  const [task] = found;
  if (!task) return { outcome: "answered", text: commands.noSuchTask(shown) };
  if (found.length === 1) return { outcome: "found", task };
  const lines = found.map((one) => taskLine(one, viewing));
  return { outcome: "answered", text: [commands.ambiguous(shown), ...lines].join("\n") };
}

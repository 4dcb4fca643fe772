import type { MessageViewing } from "../../core/cards/index.ts";
import { taskLine } from "../../core/commands/index.ts";
import { beginningOfId } from "../../core/ids/index.ts";
import type { TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Asked } from "./command.ts";
import { type TaskAccess, type TaskAccessDeps, taskAccess } from "./task-access.ts";

const LISTED = 10;

/** The one task that a person means by the beginning of its id, or what to answer when that is not one. */
export type FoundTask = { outcome: "found"; task: Task } | { outcome: "answered"; text: string };

export interface Finding {
  tasks: Pick<TaskStore, "findByPrefix">;
  mayRead: TaskAccess["mayRead"];
}

/**
 * Finds a task by what people type: the id on a card, or its beginning. Of several, what may not be read is not there;
 * of the only one that is meant, whoever asks finds out what its person may.
 */
export async function findTask(
  typed: string,
  viewing: MessageViewing,
  { tasks, mayRead }: Finding,
): Promise<FoundTask> {
  const { commands } = viewing.texts;
  const shown = viewing.plain(typed.replace(/^t_/, "").slice(0, 60));
  const beginning = beginningOfId(typed);
  const begun = beginning === null ? [] : await tasks.findByPrefix(beginning, LISTED);
  const [only] = begun.length === 1 ? begun : [];
  if (only) return { outcome: "found", task: only };
  const readable = await Promise.all(begun.map(async (one) => ((await mayRead(one)) ? [one] : [])));
  const found = readable.flat();
  const [task] = found;
  if (!task) return { outcome: "answered", text: commands.noSuchTask(shown) };
  if (found.length === 1) return { outcome: "found", task };
  const lines = found.map((one) => taskLine(one, viewing));
  return { outcome: "answered", text: [commands.ambiguous(shown), ...lines].join("\n") };
}

/** The task that a command is about. */
export async function meantTask(
  { args, actor, viewing }: Pick<Asked, "args" | "actor" | "viewing">,
  deps: TaskAccessDeps & Pick<Finding, "tasks">,
): Promise<FoundTask> {
  const { mayRead } = await taskAccess(actor, deps);
  return findTask(args.task ?? "", viewing, { tasks: deps.tasks, mayRead });
}

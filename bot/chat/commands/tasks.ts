import { namedIn } from "../../../core/approvals/index.ts";
import { type MessageViewing, outputText } from "../../../core/cards/index.ts";
import {
  executionText,
  hasWords,
  type ListedTask,
  logsText,
  newestFirst,
  pageOf,
  type TaskFilter,
  taskFilterOf,
  taskLine,
  tasksText,
  taskText,
} from "../../../core/commands/index.ts";
import { errorText } from "../../../core/errors.ts";
import { objectOfTask } from "../../../core/people/index.ts";
import type { Audit, Clock, Directory, Executor, TaskStore } from "../../../core/ports/index.ts";
import { OPEN_STATES, progressOf, type Task } from "../../../core/tasks/index.ts";
import { naming } from "../../names.ts";
import { runsBelow, type Viewer, within } from "../../workers/index.ts";
import type { Asked, ChatCommands, Reply } from "../command.ts";
import type { Denier } from "../denied.ts";
import { meantTask } from "../find-task.ts";
import { type TaskAccess, type TaskAccessDeps, taskAccess } from "../task-access.ts";

export interface TaskReadDeps extends TaskAccessDeps {
  directory: Pick<Directory, "expand" | "nameOf">;
  tasks: Pick<TaskStore, "list" | "findByPrefix">;
  executor: Pick<Executor, "get" | "output" | "children">;
  audit: Pick<Audit, "append">;
  denied: Denier;
  view: Viewer;
  clock: Clock;
}

/** What people ask about tasks. One's own may be read by everybody, others with `tasks.read` on them. */
export function taskCommands(deps: TaskReadDeps): Pick<ChatCommands, "tasks" | "task" | "ex" | "logs"> {
  return {
    tasks: { run: (asked) => list(asked, deps) },
    task: {
      run: (asked) =>
        onTask(asked, deps, async (task, viewing) => {
          return taskText(task, await naming(viewing, namedIn(task.approval), deps.directory));
        }),
    },
    ex: {
      run: (asked) =>
        onTask(asked, deps, (task, viewing) => aboutExecution(asked, task, { ...deps, viewing })),
    },
    logs: {
      run: (asked) =>
        onTask(asked, deps, (task, viewing) => aboutExecution(asked, task, { ...deps, viewing })),
    },
  };
}

/** So many tasks are looked at for one list. */
const MOST_LOOKED_AT = 2_000;
const LATEST = 100;

async function list({ actor, args, after, viewing }: Asked, deps: TaskReadDeps): Promise<Reply> {
  const { commands } = viewing.texts;
  const filter = taskFilterOf(args.text ?? "");
  const access = await taskAccess(actor, deps);
  const seen = await visible(await candidates(filter, deps.tasks), filter, access);
  const page = pageOf(seen, after, ({ waits, task }) => {
    return `${waits ? 0 : 1}${newestFirst(task.createdAtMs, task.id)}`;
  });
  if (page.shown.length === 0 && filter.mine) return { text: commands.nothingToApprove };
  if (page.shown.length === 0 && args.text !== undefined) return { text: commands.noSuchTasks };
  return { text: tasksText(page, viewing), next: page.next };
}

async function candidates(
  { mine, states, words }: TaskFilter,
  tasks: Pick<TaskStore, "list">,
): Promise<Task[]> {
  if (mine) return tasks.list({ states: ["pending_approval"], limit: MOST_LOOKED_AT });
  if (states) return tasks.list({ states, limit: MOST_LOOKED_AT });
  const open = await tasks.list({ states: OPEN_STATES, limit: MOST_LOOKED_AT });
  const latest = await tasks.list({ limit: words.length > 0 ? MOST_LOOKED_AT : LATEST });
  return [...new Map([...open, ...latest].map((task) => [task.id, task])).values()];
}

/** What may be seen of them; what waits for the person comes first. */
async function visible(
  tasks: readonly Task[],
  { mine, words }: TaskFilter,
  access: TaskAccess,
): Promise<ListedTask[]> {
  const looked = await Promise.all(
    tasks.map(async (task) => {
      if (!hasWords(task, words)) return [];
      if (await access.waitsForThem(task)) return [{ task, waits: true }];
      return !mine && (await access.mayRead(task)) ? [{ task, waits: false }] : [];
    }),
  );
  return looked.flat();
}

async function onTask(
  asked: Asked,
  deps: TaskReadDeps,
  tell: (task: Task, viewing: MessageViewing) => Promise<string>,
): Promise<string> {
  const found = await meantTask(asked, deps);
  if (found.outcome === "answered") return found.text;
  const { task } = found;
  const { mayRead } = await taskAccess(asked.actor, deps);
  if (await mayRead(task)) return tell(task, await deps.view(task, [asked.by]));
  const { notYours } = asked.viewing.texts.commands;
  return [notYours, deps.denied(asked, "tasks.read", objectOfTask(task)) ?? ""].join("\n").trim();
}

async function aboutExecution(
  { id, by, args }: Asked,
  task: Task,
  deps: TaskReadDeps & { viewing: MessageViewing },
): Promise<string> {
  const { viewing, executor } = deps;
  const { commands } = viewing.texts;
  const command = id === "logs" ? "logs" : "ex";
  await recordOutput(command, task, { ...deps, by });
  if (!task.execution) return `${taskLine(task, viewing)}\n${commands.notStarted}`;
  const { cluster, id: executionId } = task.execution;
  try {
    if (command === "logs") {
      const output = await executor.output(cluster, executionId);
      // What failed before it put anything out says why in its result.
      const said = output.trim() === "" ? outputText(task.execution.result ?? null) : output;
      return logsText(task, said, { ...viewing, part: partOf(args.word) });
    }
    const execution = await executor.get(cluster, executionId);
    if (!execution) return commands.notStarted;
    // Without them the answer is still one.
    const below = await within(runsBelow(execution, executor));
    const progress = "why" in below ? null : progressOf(below.value);
    return executionText(task, execution, { ...viewing, progress });
  } catch (error) {
    return commands.engineDown(viewing.plain(errorText(error)));
  }
}

function partOf(word: string | undefined): "head" | "tail" {
  return word !== undefined && ["head", "头", "开头"].includes(word.toLowerCase()) ? "head" : "tail";
}

/** What a task put out may hold what not everybody should know, so that it is told who has seen it. */
async function recordOutput(
  command: "ex" | "logs",
  task: Task,
  { audit, clock, by }: Pick<TaskReadDeps, "audit" | "clock"> & { by: string },
): Promise<void> {
  const at = new Date(clock.nowMs()).toISOString();
  const detail = { command, execution: task.execution?.id ?? null };
  await audit.append({ at, who: `user:${by}`, what: "tasks.output", object: task.id, detail });
}

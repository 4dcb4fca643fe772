import type { MessageViewing } from "../../core/cards/index.ts";
import {
  type CommandId,
  executionText,
  logsText,
  parseCommand,
  taskLine,
  tasksText,
  taskText,
} from "../../core/commands/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Clock, Executor, InboxPayload, Metrics, Outbox, TaskStore } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Viewer } from "../workers/viewing.ts";
import { answerDelegations, type ChatDelegationDeps } from "./delegations.ts";
import { answerDuty, type ChatDutyDeps } from "./duty.ts";
import { answerMutes, type ChatMuteDeps } from "./mutes.ts";
import { answerWhy, type ChatWhyDeps } from "./why.ts";

export interface MessageDeps {
  tasks: TaskStore;
  outbox: Outbox;
  executor: Executor;
  view: Viewer;
  muting: ChatMuteDeps;
  asking: ChatWhyDeps;
  delegating: ChatDelegationDeps;
  duty: ChatDutyDeps;
  clock: Clock;
  metrics: Metrics;
}

type TextPayload = Extract<InboxPayload, { kind: "text" }>;
const LISTED = 10;

/** Answers one text message. The answer is queued under the message's own key, so that it is given once. */
export async function handleText(payload: TextPayload, key: string, deps: MessageDeps): Promise<void> {
  const text = await answer(payload, deps);
  const nowMs = deps.clock.nowMs();
  const body = { kind: "answer" as const, to: payload.userId, text };
  await deps.outbox.add([{ key: `answer:${key}`, taskId: null, lane: 3, body, dueAtMs: nowMs }]);
}

async function answer({ text, userId }: TextPayload, deps: MessageDeps): Promise<string> {
  const parsed = parseCommand(text);
  const viewing = await deps.view(null);
  const { commands } = viewing.texts;
  deps.metrics.count("commands", { command: parsed.outcome === "command" ? parsed.id : parsed.outcome });
  if (parsed.outcome === "needs_id") return commands.needsId(parsed.word);
  if (parsed.outcome === "unknown") {
    const hint = parsed.suggestion ? `\n${commands.didYouMean(parsed.suggestion)}` : "";
    return commands.unknown(viewing.plain(parsed.text.slice(0, 60))) + hint;
  }
  if (parsed.id === "help") return commands.help;
  if (parsed.id === "tasks") return tasksText(await deps.tasks.list({ limit: LISTED }), viewing);
  return carryOut({ command: parsed.id, text: parsed.arg ?? "", userId }, { ...deps, viewing });
}

interface Asked {
  command: Exclude<CommandId, "help" | "tasks">;
  /** What stands behind it. */
  text: string;
  userId: string;
}

async function carryOut(
  { command, text, userId }: Asked,
  deps: MessageDeps & { viewing: MessageViewing },
): Promise<string> {
  const { viewing } = deps;
  switch (command) {
    case "mutes":
    case "mute":
    case "unmute":
      return answerMutes({ command, text, userId }, viewing, deps.muting);
    case "delegations":
    case "delegate":
    case "undelegate":
      return answerDelegations({ command, text, userId }, viewing, deps.delegating);
    case "why":
      return answerWhy({ text, userId }, viewing, deps.asking);
    case "duty":
      return answerDuty(text, viewing, deps.duty);
    case "task":
    case "ex":
    case "logs":
      return oneTask(command, text, deps);
    default:
      return command satisfies never;
  }
}

async function oneTask(
  command: "task" | "ex" | "logs",
  arg: string,
  deps: MessageDeps & { viewing: MessageViewing },
): Promise<string> {
  const { commands } = deps.viewing.texts;
  const prefix = arg.replace(/^t_/, "").replace(/@\d+$/, "");
  const shown = deps.viewing.plain(prefix.slice(0, 60));
  const found = /^[a-z2-7]{1,52}$/.test(prefix) ? await deps.tasks.findByPrefix(prefix, LISTED) : [];
  const [task] = found;
  if (!task) return commands.noSuchTask(shown);
  if (found.length > 1) {
    return [commands.ambiguous(shown), ...found.map((one) => taskLine(one, deps.viewing))].join("\n");
  }
  const viewing = await deps.view(task);
  if (command === "task") return taskText(task, viewing);
  return aboutExecution(command, task, { ...deps, viewing });
}

async function aboutExecution(
  command: "ex" | "logs",
  task: Task,
  deps: MessageDeps & { viewing: MessageViewing },
): Promise<string> {
  const { viewing, executor } = deps;
  const { commands } = viewing.texts;
  if (!task.execution) return `${taskLine(task, viewing)}\n${commands.notStarted}`;
  const { cluster, id } = task.execution;
  try {
    if (command === "logs") return logsText(task, await executor.output(cluster, id), viewing);
    const execution = await executor.get(cluster, id);
    return execution ? executionText(task, execution, viewing) : commands.notStarted;
  } catch (error) {
    return commands.engineDown(viewing.plain(errorText(error)));
  }
}

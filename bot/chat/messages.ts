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
import type {
  Audit,
  Clock,
  Executor,
  InboxPayload,
  Metrics,
  Outbox,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import type { Viewer } from "../workers/viewing.ts";
import { answerDelegations, type ChatDelegationDeps } from "./delegations.ts";
import { answerDuty, type ChatDutyDeps } from "./duty.ts";
import { findTask } from "./find-task.ts";
import { answerMutes, type ChatMuteDeps } from "./mutes.ts";
import { answerOrder, type ChatOrderDeps, type OrderAsking } from "./orders.ts";
import { answerReason, type ChatReasonDeps } from "./reasons.ts";
import { answerWhy, type ChatWhyDeps } from "./why.ts";

export interface MessageDeps {
  tasks: TaskStore;
  outbox: Outbox;
  executor: Executor;
  audit: Pick<Audit, "append">;
  view: Viewer;
  muting: ChatMuteDeps;
  asking: ChatWhyDeps;
  ordering: ChatOrderDeps;
  reasons: ChatReasonDeps;
  delegating: ChatDelegationDeps;
  duty: ChatDutyDeps;
  clock: Clock;
  metrics: Metrics;
}

type TextPayload = Extract<InboxPayload, { kind: "text" }>;
const LISTED = 10;

/** Answers one text message. The answer is queued under the message's own key, so that it is given once. */
export async function handleText(payload: TextPayload, key: string, deps: MessageDeps): Promise<void> {
  const text = await answer(payload, key, deps);
  const nowMs = deps.clock.nowMs();
  const where = payload.bot ? { bot: payload.bot } : {};
  const body = { kind: "answer" as const, to: payload.userId, text, ...where };
  await deps.outbox.add([{ key: `answer:${key}`, taskId: null, lane: 3, body, dueAtMs: nowMs }]);
}

async function answer({ text, userId }: TextPayload, key: string, deps: MessageDeps): Promise<string> {
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
  return carryOut({ command: parsed.id, text: parsed.arg ?? "", userId, key }, { ...deps, viewing });
}

interface Asked {
  command: Exclude<CommandId, "help" | "tasks">;
  /** What stands behind it. */
  text: string;
  userId: string;
  /** The message's own key. */
  key: string;
}

async function carryOut(
  { command, text, userId, key }: Asked,
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
    case "reason":
      return answerReason({ text, userId, key }, viewing, deps.reasons);
    case "task":
    case "ex":
    case "logs":
    case "cancel":
    case "pause":
    case "resume":
    case "retry":
    case "adopt": {
      const [id = "", rest = ""] = text.split(/\s+/);
      return oneTask({ command, id, rest, userId, key }, deps);
    }
    default:
      return command satisfies never;
  }
}

interface TaskAsking extends Omit<OrderAsking, "command"> {
  command: "task" | "ex" | "logs" | OrderAsking["command"];
  id: string;
}

async function oneTask(asking: TaskAsking, deps: MessageDeps & { viewing: MessageViewing }): Promise<string> {
  const found = await findTask(asking.id.toLowerCase(), deps.viewing, deps.tasks);
  if (found.outcome === "answered") return found.text;
  const { task } = found;
  const viewing = await deps.view(task);
  const { command } = asking;
  if (command === "task") return taskText(task, viewing);
  if (command === "ex" || command === "logs") {
    await recordOutput(command, task, { ...deps, userId: asking.userId });
    return aboutExecution(command, task, { ...deps, viewing });
  }
  return answerOrder(task, { ...asking, command }, { ...deps.ordering, viewing });
}

/** What a task put out may hold what not everybody should know, so that it is told who has seen it. */
async function recordOutput(
  command: "ex" | "logs",
  task: Task,
  { audit, clock, userId }: MessageDeps & { userId: string },
): Promise<void> {
  const at = new Date(clock.nowMs()).toISOString();
  const detail = { command, execution: task.execution?.id ?? null };
  await audit.append({ at, who: `user:${userId}`, what: "tasks.output", object: task.id, detail });
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

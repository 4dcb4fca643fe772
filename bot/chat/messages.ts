import type { MessageViewing } from "../../core/cards/index.ts";
import {
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
  clock: Clock;
  metrics: Metrics;
}

type TextPayload = Extract<InboxPayload, { kind: "text" }>;
const LISTED = 10;

/** Answers one text message. The answer is queued under the message's own key, so that it is given once. */
export async function handleText(payload: TextPayload, key: string, deps: MessageDeps): Promise<void> {
  const text = await answer(payload, key, deps);
  const nowMs = deps.clock.nowMs();
  const body = { kind: "answer" as const, to: payload.userId, text };
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
  if (parsed.id === "mutes" || parsed.id === "mute" || parsed.id === "unmute") {
    return answerMutes({ command: parsed.id, text: parsed.arg ?? "", userId }, viewing, deps.muting);
  }
  if (parsed.id === "why") return answerWhy({ text: parsed.arg ?? "", userId }, viewing, deps.asking);
  if (parsed.id === "reason") {
    return answerReason({ text: parsed.arg ?? "", userId, key }, viewing, deps.reasons);
  }
  const [id = "", rest = ""] = (parsed.arg ?? "").split(/\s+/);
  return oneTask({ command: parsed.id, id, rest, userId, key }, { ...deps, viewing });
}

type AboutTask =
  | { command: "task" | "ex" | "logs"; id: string }
  | { command: OrderAsking["command"]; id: string };
type TaskAsking = Omit<OrderAsking, "command"> & AboutTask;

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

import { deciders } from "../../../core/approvals/index.ts";
import { taskLine } from "../../../core/commands/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { type Question, writtenResponse } from "../../../core/inquiries/index.ts";
import type { StateStore, TaskStore } from "../../../core/ports/index.ts";
import type { Answerer } from "../../inquiries/index.ts";
import type { Asked, ChatCommands } from "../command.ts";
import { type StandingDeps, standingOf } from "../standing.ts";

export interface ChatAnswerDeps extends StandingDeps {
  answerer: Pick<Answerer, "take">;
  state: Pick<StateStore, "list">;
  tasks: Pick<TaskStore, "get">;
}

/** Answers what a workflow asks, by the id of the question or of its task. Who may decide about the task may. */
export function answerCommands(deps: ChatAnswerDeps): Pick<ChatCommands, "answer"> {
  return { answer: { run: (asked) => answer(asked, deps) } };
}

async function answer({ args, by, key, viewing }: Asked, deps: ChatAnswerDeps): Promise<string> {
  const { questions } = viewing.texts;
  const typed = (args.task ?? "").replace(/^[tq]_/, "").replace(/@\d+$/, "");
  const open = (await deps.state.list("question")).map(({ body }) => body).filter(isOpen);
  const meant = open.filter(({ id, taskId }) => [id, taskId].some((one) => one.slice(2).startsWith(typed)));
  const [question, ...others] = meant;
  const task = question ? await deps.tasks.get(question.taskId) : null;
  if (!question || !task || typed === "") return questions.none(viewing.plain(typed));
  if (others.length > 0) return [questions.several, ...meant.map(({ id }) => shortId(id))].join("\n");
  const standing = await standingOf(by, deciders(task), deps);
  const response = writtenResponse(question.schema, args.text ?? "");
  const told = await deps.answerer.take(question, { by, ...standing, key, response }, viewing.texts);
  // Who has nothing to do with it is told nothing of what it is.
  if (standing.entitlement.outcome !== "entitled") return `**${shortId(question.id)}** ${told}`;
  return `${taskLine(task, viewing)}\n${viewing.plain(told)}`;
}

function isOpen({ end }: Question): boolean {
  return end === null;
}

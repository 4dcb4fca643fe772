import { deciders } from "../../../core/approvals/index.ts";
import { type MessageViewing, retryText } from "../../../core/cards/index.ts";
import { commandWords, retryOfWords, taskLine } from "../../../core/commands/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { authorise, type Entitlement, objectOfTask } from "../../../core/people/index.ts";
import type { Clock, Directory, TaskStore } from "../../../core/ports/index.ts";
import {
  type Control,
  type MachineSettings,
  type Order,
  type RetryWish,
  type StepResult,
  step,
  type Task,
} from "../../../core/tasks/index.ts";
import type { TaskOrders } from "../../orders/index.ts";
import type { Viewer } from "../../workers/index.ts";
import type { Asked, ChatCommand, ChatCommands, Prepared } from "../command.ts";
import type { Denier } from "../denied.ts";
import { meantTask } from "../find-task.ts";
import { type StandingDeps, standingOf } from "../standing.ts";
import type { TaskAccessDeps } from "../task-access.ts";

export interface OrderDeps extends StandingDeps, TaskAccessDeps {
  directory: Pick<Directory, "vouch" | "expand">;
  orders: TaskOrders;
  tasks: Pick<TaskStore, "findByPrefix">;
  settings: MachineSettings;
  clock: Clock;
  denied: Denier;
  view: Viewer;
}

/** Carries out one order on a task that its person may give. */
type Carry = (
  task: Task,
  order: Order,
  deps: OrderDeps & { asked: Asked; viewing: MessageViewing },
) => Promise<string>;

/** What is ordered of a task. Who may decide about it may, and who has the right `tasks.control` on it. */
export function orderCommands(
  deps: OrderDeps,
): Pick<ChatCommands, "cancel" | "pause" | "resume" | "retry" | "adopt"> {
  const order = (carry: Carry): ChatCommand => ({ run: (asked) => ordered(asked, carry, deps) });
  const confirmed = (carry: Carry, about: About): ChatCommand => {
    return { ...order(carry), prepare: (asked) => prepare(asked, deps, about) };
  };
  return {
    cancel: confirmed(controlled("cancel"), aboutCancel),
    pause: order(controlled("pause")),
    resume: order(controlled("resume")),
    retry: confirmed(retried, aboutRetry),
    adopt: order(adopted),
  };
}

type Allowed = { outcome: "allowed"; task: Task; order: Order } | { outcome: "answered"; text: string };

async function allowed(asked: Asked, deps: OrderDeps): Promise<Allowed> {
  const { by, key, viewing } = asked;
  const found = await meantTask(asked, deps);
  if (found.outcome === "answered") return found;
  const { task } = found;
  const entitlement = await entitlementOf(task, asked, deps);
  if (entitlement.outcome !== "not_entitled")
    return { outcome: "allowed", task, order: { by, entitlement, key } };
  const denial = deps.denied(asked, "tasks.control", objectOfTask(task));
  const words = `${viewing.texts.refusals.not_entitled}${denial === null ? "" : `\n${denial}`}`;
  // Who has nothing to do with it is told nothing of what it is.
  return { outcome: "answered", text: `**${shortId(task.id)}** ${words}` };
}

async function entitlementOf(task: Task, { by, actor }: Asked, deps: OrderDeps): Promise<Entitlement> {
  const { entitlement: vouched } = await standingOf(by, deciders(task), deps);
  if (vouched.outcome === "entitled") return vouched;
  const decision = authorise(actor, "tasks.control", objectOfTask(task));
  return decision.outcome === "allowed" ? { outcome: "entitled", groups: [] } : vouched;
}

async function ordered(asked: Asked, carry: Carry, deps: OrderDeps): Promise<string> {
  const may = await allowed(asked, deps);
  if (may.outcome === "answered") return may.text;
  const { task, order } = may;
  return carry(task, order, { ...deps, asked, viewing: await deps.view(task, [asked.by]) });
}

/** Who may not hears so at once, before there is anything to confirm. */
async function prepare(asked: Asked, deps: OrderDeps, about: About): Promise<Prepared> {
  const may = await allowed(asked, deps);
  if (may.outcome === "answered") return { outcome: "answer", text: may.text };
  const { task } = may;
  const viewing = await deps.view(task, [asked.by]);
  const { texts } = viewing;
  const answer = await about(may, { ...deps, asked, viewing });
  if (typeof answer === "string") {
    return { outcome: "answer", text: `${taskLine(task, viewing)}\n${answer}` };
  }
  const rows = [
    ...answer.rows,
    { label: texts.labels.status, value: texts.states[task.state] },
    { label: texts.labels.action, value: task.action },
    { label: texts.labels.target, value: task.targets.join(" ") },
    { label: texts.labels.id, value: shortId(task.id) },
  ].filter(({ value }) => value !== "");
  const title = `${commandWords(asked.id, texts)} ${shortId(task.id)} ${task.title}`;
  const facts = { title, rows, text: answer.text };
  return { outcome: "ask", facts, args: { ...asked.args, task: task.id } };
}

type Granted = Extract<Allowed, { outcome: "allowed" }>;
type Context = Parameters<Carry>[2];

/** What is shown of an order that is to be confirmed, or why it would do nothing as things stand. */
type About = (
  may: Granted,
  context: Context,
) => Promise<string | { rows: { label: string; value: string }[]; text: string }>;

const aboutCancel: About = async ({ task, order }, { settings, clock, viewing }) => {
  const { texts } = viewing;
  const judged = step(task, { kind: "control", what: "cancel", order }, { nowMs: clock.nowMs(), settings });
  if (judged.outcome === "refused") return texts.refusals[judged.reason];
  return { rows: [], text: texts.commands.confirm.cancel };
};

const aboutRetry: About = async ({ task }, { orders, asked, viewing }) => {
  const { texts } = viewing;
  const read = wishOf(asked, texts);
  if (typeof read === "string") return read;
  const planned = await orders.plan(task, read);
  if (planned.outcome === "refused") return texts.refusals[planned.reason];
  if (planned.outcome === "misfits") return texts.wordsOf(planned.words);
  const { rerunOf, content, cluster } = planned.plan;
  const { changed: _, rerunOf: __, ...plain } = task;
  const how = retryText({ ...plain, ...content, ...(rerunOf ? { rerunOf } : {}) }, viewing);
  const on = cluster === undefined ? "" : texts.retries.on(cluster);
  const rows = [how, on].map((value) => ({ label: texts.retries.label, value }));
  const isSame = how === "" && on === "";
  return { rows, text: isSame ? texts.commands.confirm.retry : texts.retries.asked };
};

/** How it is to be run once more, or what is wrong with how that is written. */
function wishOf({ args }: Asked, { retries }: MessageViewing["texts"]): RetryWish | string {
  const read = retryOfWords(args.line ?? "");
  return read.outcome === "read" ? read.wish : `${retries.stray(read.word)}\n${retries.usage}`;
}

function controlled(what: Control): Carry {
  return async (task, order, { orders, viewing }) => {
    const result = await orders.control(task, what, order);
    return withLine(result, viewing, ({ commands, controls }) => {
      return result.task.state === "canceled"
        ? commands.canceledBefore
        : commands.controlAsked(controls[what]);
    });
  };
}

async function retried(task: Task, order: Order, { orders, asked, viewing }: Context): Promise<string> {
  const { texts } = viewing;
  const { commands, refusals } = texts;
  const wish = wishOf(asked, texts);
  if (typeof wish === "string") return wish;
  const answer = await orders.retry(task, order, wish);
  if (answer.outcome === "refused") return commands.noRetry(refusals[answer.reason]);
  if (answer.outcome === "misfits") return commands.noRetry(texts.wordsOf(answer.words));
  return commands.retryMade(shortId(answer.task.id));
}

async function adopted(task: Task, order: Order, { orders, asked, viewing }: Context): Promise<string> {
  const executionId = asked.args.word ?? "";
  if (!/^[A-Za-z0-9]{1,64}$/.test(executionId)) return viewing.texts.commands.adoptUsage;
  const result = await orders.adopt(task, executionId, order);
  return withLine(result, viewing, ({ commands }) => commands.adopted(executionId));
}

/** How the task stands, and what the order did or why it did nothing. A message delivered twice has done it. */
function withLine(
  result: StepResult,
  viewing: MessageViewing,
  done: (texts: MessageViewing["texts"]) => string,
): string {
  const { texts } = viewing;
  const isDone = result.outcome === "moved" || result.reason === "already_counted";
  const words = isDone ? done(texts) : texts.refusals[result.reason];
  return `${taskLine(result.task, viewing)}\n${words}`;
}

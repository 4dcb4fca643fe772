import { deciders } from "../../../core/approvals/index.ts";
import type { MessageViewing } from "../../../core/cards/index.ts";
import { commandWords, taskLine } from "../../../core/commands/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { authorise, type Entitlement, objectOfTask } from "../../../core/people/index.ts";
import type { Clock, Directory, TaskStore } from "../../../core/ports/index.ts";
import type { Rule } from "../../../core/rules/index.ts";
import type { RunGrant } from "../../../core/runs/index.ts";
import {
  type Control,
  currentDigest,
  type MachineSettings,
  type Order,
  type RefusalReason,
  retryFault,
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
  rules: () => readonly Rule[];
  grants: () => readonly RunGrant[];
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
  const confirmed = (what: "cancel" | "retry", carry: Carry): ChatCommand => {
    return { ...order(carry), prepare: (asked) => prepare(asked, what, deps) };
  };
  return {
    cancel: confirmed("cancel", controlled("cancel")),
    pause: order(controlled("pause")),
    resume: order(controlled("resume")),
    retry: confirmed("retry", retried),
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
async function prepare(asked: Asked, what: "cancel" | "retry", deps: OrderDeps): Promise<Prepared> {
  const may = await allowed(asked, deps);
  if (may.outcome === "answered") return { outcome: "answer", text: may.text };
  const { task, order } = may;
  const viewing = await deps.view(task, [asked.by]);
  const { texts } = viewing;
  const fault = faultOf(what, { task, order }, deps);
  if (fault) return { outcome: "answer", text: `${taskLine(task, viewing)}\n${texts.refusals[fault]}` };
  const rows = [
    { label: texts.labels.status, value: texts.states[task.state] },
    { label: texts.labels.action, value: task.action },
    { label: texts.labels.target, value: task.targets.join(" ") },
    { label: texts.labels.id, value: shortId(task.id) },
  ].filter(({ value }) => value !== "");
  const title = `${commandWords(what, texts)} ${shortId(task.id)} ${task.title}`;
  const facts = { title, rows, text: texts.commands.confirm[what] };
  return { outcome: "ask", facts, args: { ...asked.args, task: task.id } };
}

/** Why it would do nothing as things stand; what only shows when it is done is told then. */
function faultOf(
  what: "cancel" | "retry",
  { task, order }: { task: Task; order: Order },
  { rules, grants, settings, clock }: OrderDeps,
): RefusalReason | null {
  if (what === "retry") return retryFault(task, currentDigest({ rules: rules(), grants: grants() }, task));
  const judged = step(task, { kind: "control", what, order }, { nowMs: clock.nowMs(), settings });
  return judged.outcome === "refused" ? judged.reason : null;
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

async function retried(task: Task, order: Order, { orders, viewing }: Parameters<Carry>[2]): Promise<string> {
  const { commands, refusals } = viewing.texts;
  const answer = await orders.retry(task, order);
  if (answer.outcome === "refused") return commands.noRetry(refusals[answer.reason]);
  return commands.retryMade(shortId(answer.task.id));
}

async function adopted(
  task: Task,
  order: Order,
  { orders, asked, viewing }: Parameters<Carry>[2],
): Promise<string> {
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

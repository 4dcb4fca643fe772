import { deciders } from "../../core/approvals/index.ts";
import type { MessageViewing } from "../../core/cards/index.ts";
import { taskLine } from "../../core/commands/index.ts";
import { shortId } from "../../core/ids/index.ts";
import { authorise, type Entitlement } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { Control, Order, StepResult, Task } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { TaskOrders } from "../orders/index.ts";
import type { RoleFinder } from "../people.ts";
import { standingOf } from "./standing.ts";

export interface ChatOrderDeps {
  orders: TaskOrders;
  directory: Pick<Directory, "vouch">;
  delegations: Pick<DelegationKeeper, "standsFor">;
  rolesOf: RoleFinder;
}

export interface OrderAsking {
  command: Control | "retry" | "adopt";
  /** What stands behind the task's id. */
  rest: string;
  userId: string;
  /** The message's own key. */
  key: string;
}

/** Carries out what a message orders of a task. Who may decide about it may, and who has the right `tasks.control`. */
export async function answerOrder(
  task: Task,
  asking: OrderAsking,
  { viewing, ...deps }: ChatOrderDeps & { viewing: MessageViewing },
): Promise<string> {
  const by = asking.userId.toLowerCase();
  const order: Order = { by, entitlement: await entitlementOf(task, by, deps), key: asking.key };
  const { command } = asking;
  if (command === "retry") return retried(task, order, { viewing, ...deps });
  if (command === "adopt") return adopted(task, { order, executionId: asking.rest }, { viewing, ...deps });
  const result = await deps.orders.control(task, command, order);
  return withLine(result, viewing, ({ commands, controls }) => {
    return result.task.state === "canceled"
      ? commands.canceledBefore
      : commands.controlAsked(controls[command]);
  });
}

async function entitlementOf(task: Task, userId: string, deps: ChatOrderDeps): Promise<Entitlement> {
  const { entitlement: vouched } = await standingOf(userId, deciders(task), deps);
  if (vouched.outcome === "entitled") return vouched;
  const actor = { kind: "user" as const, userId, ...(await deps.rolesOf(userId)) };
  const decision = authorise(actor, "tasks.control", { business: task.business });
  return decision.outcome === "allowed" ? { outcome: "entitled", groups: [] } : vouched;
}

type Answering = ChatOrderDeps & { viewing: MessageViewing };

async function retried(task: Task, order: Order, { viewing, orders }: Answering): Promise<string> {
  const { commands, refusals } = viewing.texts;
  const answer = await orders.retry(task, order);
  if (answer.outcome === "refused") return commands.noRetry(refusals[answer.reason]);
  return commands.retryMade(shortId(answer.task.id));
}

async function adopted(
  task: Task,
  { order, executionId }: { order: Order; executionId: string },
  { viewing, orders }: Answering,
): Promise<string> {
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

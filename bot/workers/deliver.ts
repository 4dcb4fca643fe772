import { type MessageViewing, noticeText, replyText } from "../../core/cards/index.ts";
import { type DigestLine, LANE_NAMES, resultMessage } from "../../core/outbox/index.ts";
import type { ShowRun } from "../../core/pages/index.ts";
import type { PeopleGroups } from "../../core/people/index.ts";
import type {
  Clock,
  Directory,
  Executor,
  Journal,
  Logger,
  Metrics,
  Outbox,
  OutboxBody,
  OutboxClaim,
  TaskStore,
} from "../../core/ports/index.ts";
import { endedDraft, groupsOf, type Task } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Languages } from "../languages/index.ts";
import type { Advancer } from "./advance.ts";
import type { AskAgain } from "./ask-again.ts";
import { budgetShort, type Channel, type Told } from "./channel.ts";
import { type ConfirmSent, sentConfirm } from "./confirm-card.ts";
import { createCardDelivery } from "./deliver-cards.ts";
import { giveUpIfFinal } from "./give-up.ts";
import { audienceOf, type HearerDeps, noticedOf, tellUnreached } from "./hearers.ts";
import { deliverOutput, outputItem } from "./output.ts";
import { rawOf } from "./raw.ts";
import type { StepObserver } from "./steps.ts";
import { createTeller, type Message } from "./teller.ts";
import type { Viewer } from "./viewing.ts";

export interface DeliverDeps {
  outbox: Outbox;
  journal: Journal;
  channel: Channel;
  /** How many messages the channel makes of a text. */
  messagesIn: (markdown: string) => number;
  directory: Directory;
  /** How far a workflow is, for who asks its card. */
  executor: Pick<Executor, "children">;
  throttle: HearerDeps["throttle"];
  rules: HearerDeps["rules"];
  admin: HearerDeps["admin"];
  delegations: Pick<DelegationKeeper, "withDelegates">;
  advancer: Advancer;
  askAgain: AskAgain;
  /** Told of a card that asks one person, once it has a code for showing it anew. */
  confirmSent: (sent: ConfirmSent) => Promise<void>;
  /** For what names its task itself, and waits for no other message of it. */
  tasks: Pick<TaskStore, "get">;
  /** Cards that many tasks share. */
  batches: {
    tasks: Pick<TaskStore, "get">;
    gather: (claim: OutboxClaim) => Promise<"alone" | "done">;
    deliver: (claim: OutboxClaim) => Promise<void>;
  };
  view: Viewer;
  /** What may be told of runs where nobody is told in particular. */
  shown: ShowRun;
  /** People apart by the language that they read. */
  apart: Languages["apart"];
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
}

/** Sends one outbox item and settles it, or puts others in its place. Throws when it is to be tried again. */
export type Deliver = (claim: OutboxClaim) => Promise<void>;

/** A text about a task, in the words of whom it is for, and the names that its recipients are the members of. */
interface ToGroups extends Omit<Message, "markdown"> {
  named: PeopleGroups;
  write: (viewing: MessageViewing) => string;
}

/** What became of it, and what each was told. */
type Texted = Told & { textFor: (to: string) => string };

/** What is told of one task; everything else of the outbox goes other ways. */
const OF_TASK = [
  "card",
  "update",
  "show_hold",
  "report",
  "reply",
  "notice",
  "ask_again",
  "ended",
  "output",
] as const;
type TaskBody = Extract<OutboxBody, { kind: (typeof OF_TASK)[number] }>;

function isOfTask(body: OutboxBody): body is TaskBody {
  return (OF_TASK as readonly string[]).includes(body.kind);
}

export function createDeliver(deps: DeliverDeps): Deliver {
  const { outbox, channel, log } = deps;
  const teller = createTeller(deps);
  const cards = createCardDelivery(deps);
  const settle = async (claim: OutboxClaim) => void (await outbox.settle(claim.key, claim.fence));

  /** To each in the language that they read. What there is no room for goes into its person's digest. */
  const tell = async (claim: OutboxClaim, task: Task, message: ToGroups): Promise<Texted> => {
    const { recipients, named, write, dropRepeat } = message;
    const texts = new Map<string, string>();
    const told: Told[] = [];
    for (const some of await deps.apart(recipients)) {
      const markdown = write(await deps.view(task, some));
      for (const to of some) texts.set(to, markdown);
      told.push(await teller.tell(claim, { recipients: some, markdown, dropRepeat }));
    }
    const unreachable = told.flatMap((one) => one.unreachable);
    await tellUnreached({ claim, task, unreachable, asked: recipients, named }, deps);
    const short = told.flatMap((one) => one.short);
    const untilMs = Math.max(0, ...told.map((one) => one.untilMs));
    return { unreachable, short, untilMs, textFor: (to) => texts.get(to) ?? "" };
  };

  const ofTask = async (claim: OutboxClaim, task: Task, body: TaskBody): Promise<void> => {
    switch (body.kind) {
      case "card":
        return cards.send(claim, task, body);
      case "update":
        return cards.update(claim, task, body);
      case "show_hold":
        return cards.showHold(claim, task, body);
      case "report":
        return report(claim, task);
      case "reply": {
        const write = (viewing: MessageViewing) => replyText(task, body.about, viewing);
        const told = await tell(claim, task, { recipients: [body.to], named: [], write, dropRepeat: false });
        return teller.settleAnswer(claim, told, told.textFor);
      }
      case "notice": {
        const named = groupsOf(body.to);
        const recipients = await noticedOf(named, task, deps);
        const nowMs = deps.clock.nowMs();
        const write = (viewing: MessageViewing) => noticeText(task, body.about, { ...viewing, nowMs });
        const told = await tell(claim, task, { recipients, named, write, dropRepeat: true });
        return teller.settle(claim, told, (to) => textLine(told.textFor(to)));
      }
      case "ask_again":
        await deps.askAgain(task);
        return settle(claim);
      case "ended": {
        await journalEnd(task, deps);
        return settle(claim);
      }
      case "output":
        return deliverOutput(claim, { task, to: body.to }, deps);
      default:
        return body satisfies never;
    }
  };

  const report = async (claim: OutboxClaim, task: Task): Promise<void> => {
    const recipients = await audienceOf(task, deps);
    deps.onStep("report_sending");
    const named = task.report.to ? [task.report.to] : [];
    let file = false;
    const write = (viewing: MessageViewing) => {
      const message = resultMessage(task, viewing);
      file ||= message.file;
      return message.text;
    };
    const told = await tell(claim, task, { recipients, named, write, dropRepeat: true });
    deps.onStep("report_sent");
    const reached = recipients.filter((id) => ![...told.short, ...told.unreachable].includes(id));
    const output = file && reached.length > 0 ? [outputItem(claim, { task, to: reached })] : [];
    const line = {
      about: "ended" as const,
      id: task.id,
      title: `${task.title} ${task.event.subject}`.trim(),
    };
    return teller.settle(claim, told, () => ({ ...line, state: task.state }), output);
  };

  const answer = async (claim: OutboxClaim, { to, text }: { to: string; text: string }): Promise<void> => {
    const told = await teller.tell(claim, { recipients: [to], markdown: text, dropRepeat: false });
    if (told.unreachable.length > 0) log.warn({ key: claim.key, to }, "answer reached nobody");
    // What somebody has asked for is told as it is, when there is room, and in its order.
    if (told.short.length > 0 && LANE_NAMES[claim.lane] === "answer")
      throw budgetShort(told.untilMs - deps.clock.nowMs());
    return teller.settle(claim, told, () => textLine(text));
  };

  return async (claim) => {
    const { body } = claim;
    try {
      if (body.kind === "answer") return await answer(claim, body);
      if (body.kind === "confirm")
        return await settle(await sentConfirm(claim, body, { channel, onSent: deps.confirmSent }));
      if (body.kind === "batch" || body.kind === "batch_update") return await deps.batches.deliver(claim);
      if (body.kind === "waiting_card") return await cards.together(claim, body);
      if (!isOfTask(body)) return await settle(claim);
      const task = await taskOf(claim, body, deps);
      if (!task) return await settle(claim);
      await ofTask(claim, task, body);
    } catch (error) {
      giveUpIfFinal(claim, error, deps);
      await settle(claim);
    }
  };
}

function textLine(text: string): DigestLine {
  return { about: "text", text };
}

async function taskOf({ task }: OutboxClaim, body: TaskBody, { tasks }: DeliverDeps): Promise<Task | null> {
  const named = body.kind === "ended" || body.kind === "ask_again" ? body.task : undefined;
  return named === undefined ? (task ?? null) : tasks.get(named);
}

async function journalEnd(task: Task, { journal, shown, view }: DeliverDeps): Promise<void> {
  const { texts } = await view(null);
  const draft = endedDraft(task, { nowMs: task.updatedAtMs, rawRef: "", texts }, shown);
  const raw = rawOf(Buffer.from(JSON.stringify(draft.event.detail)), "application/json");
  const event = { ...draft.event, rawRef: raw.ref };
  await journal.append({ source: event.source, drafts: [{ ...draft, event }], raw });
}

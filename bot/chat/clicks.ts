import { deciders } from "../../core/approvals/index.ts";
import { DECISION_KEY } from "../../core/cards/index.ts";
import type { Cluster } from "../../core/clusters/index.ts";
import { parseCardId, shortId } from "../../core/ids/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import type {
  Clock,
  Directory,
  Executor,
  InboxPayload,
  Logger,
  Metrics,
  Outbox,
  TaskStore,
} from "../../core/ports/index.ts";
import type { Rule } from "../../core/rules/index.ts";
import {
  type Click,
  isTerminal,
  type MachineSettings,
  madeFact,
  step,
  type Task,
  type TaskInput,
  taskOfOffer,
  withOutbox,
} from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Advancer } from "../workers/advance.ts";
import { evidenceOf } from "../workers/sighting.ts";
import type { StepObserver } from "../workers/steps.ts";
import type { Viewer } from "../workers/viewing.ts";
import { type Standing, standingOf } from "./standing.ts";

export interface ClickDeps {
  tasks: TaskStore;
  outbox: Pick<Outbox, "add">;
  view: Viewer;
  directory: Directory;
  delegations: Pick<DelegationKeeper, "standsFor">;
  advancer: Advancer;
  executor: Pick<Executor, "get">;
  rules: () => readonly Rule[];
  clusters: () => readonly Cluster[];
  settings: MachineSettings;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
}

type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

/** Carries out one click on a card. The card only says which task and which button; all else is our own. */
export async function handleClick(payload: ClickPayload, clickKey: string, deps: ClickDeps): Promise<void> {
  const { tasks, log, metrics } = deps;
  const card = parseCardId(payload.cardId);
  const task = card ? await tasks.get(card.taskId) : null;
  if (!card || !task) {
    metrics.count("clicks", { outcome: "unknown_card" });
    log.warn({ cardId: payload.cardId, by: payload.userId }, "click on a card that is not ours");
    if (card) await tellNoTask(card.taskId, { to: payload.userId, clickKey }, deps);
    return;
  }
  const standing = await standingIn(payload, task, deps);
  deps.onStep("click_vouched");
  const code = payload.code === undefined ? {} : { code: payload.code };
  const selected = payload.selected ? { selected: selectedOf(payload.selected) } : {};
  const click: Click = {
    by: payload.userId,
    ...standing,
    cardNo: card.cardNo,
    clickKey,
    ...code,
    ...selected,
  };
  const input = (await adoptionOf(payload.button, { click, task }, deps)) ?? inputOf(payload.button, click);
  metrics.count("clicks", { outcome: input ? input.kind : "unknown_button" });
  if (!input) {
    log.warn({ taskId: task.id, button: payload.button }, "click on an unknown button");
    return;
  }
  if (input.kind === "offer") await takeOffer(task, input, deps);
  await deps.advancer.advance(task, input);
  deps.onStep("click_applied");
}

/** Cards stay in chat for longer than tasks are kept. */
async function tellNoTask(
  id: string,
  { to, clickKey }: { to: string; clickKey: string },
  { outbox, view, clock }: ClickDeps,
): Promise<void> {
  const { texts } = await view(null, [to]);
  const body = { kind: "answer" as const, to, text: texts.commands.noSuchTask(shortId(id)) };
  const item = { key: `answer:${clickKey}`, taskId: answersTo(to), lane: 3 as const, body };
  await outbox.add([{ ...item, dueAtMs: clock.nowMs() }]);
}

/** The adoption that a button stands for, with what StackStorm says of its execution now; null for other buttons. */
async function adoptionOf(
  button: string,
  { click, task }: { click: Click; task: Task },
  { executor }: ClickDeps,
): Promise<TaskInput | null> {
  const id = /^adopt:([A-Za-z0-9]{1,64})$/.exec(button)?.[1];
  if (id === undefined) return null;
  const { by, entitlement, cardNo: no, clickKey: key, code } = click;
  const order = { by, entitlement, key, card: { no, ...(code === undefined ? {} : { code }) } };
  return { kind: "adopt", order, evidence: await evidenceOf(task, id, executor) };
}

/** Looking at a task's state asks for no right; everything else is looked up at this moment. */
async function standingIn({ button, userId }: ClickPayload, task: Task, deps: ClickDeps): Promise<Standing> {
  // Of a task that has ended nothing but an offer can be taken: all else is refused, whoever it was.
  const isMoot = isTerminal(task.state) && !button.startsWith("offer:");
  if (button === "refresh" || isMoot) return { entitlement: { outcome: "entitled", groups: [] } };
  return standingOf(userId, deciders(task), deps);
}

/** The option of each dropdown; a dropdown shows one. */
function selectedOf(selected: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(selected).flatMap(([key, [option]]) => (option === undefined ? [] : [[key, option]])),
  );
}

/** The decision of a card of dropdowns; who has chosen none is told to, as for any other of its choices. */
function decisionIn(click: Click): TaskInput {
  const { selected = {} } = click;
  if (selected[DECISION_KEY] === "reject") return { kind: "reject", click };
  return {
    kind: "approve",
    click: selected[DECISION_KEY] === "approve" ? click : { ...click, selected: {} },
  };
}

/** The input that a button's key stands for; null when it is none of ours. */
export function inputOf(button: string, click: Click): TaskInput | null {
  const offer = /^offer:([a-z0-9-]{1,20})$/.exec(button)?.[1];
  if (offer) return { kind: "offer", click, offer };
  switch (button) {
    case "decide":
      return decisionIn(click);
    case "approve":
    case "reject":
    case "refresh":
    case "again":
    case "give_up":
      return { kind: button, click };
    default:
      return null;
  }
}

/**
 * Makes the task of an offer before the click is remembered: a crash in between repeats the click, which makes
 * the same task again, that is none.
 */
async function takeOffer(
  task: Task,
  input: Extract<TaskInput, { kind: "offer" }>,
  deps: ClickDeps,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const judged = step(task, input, { nowMs, settings: deps.settings });
  const offer = task.offers.find((o) => o.id === input.offer);
  const rule = deps.rules().find((r) => r.id === task.ruleId);
  if (judged.reason !== "offer_taken" || !offer || !rule) return;
  const { by, clickKey } = input.click;
  const making = { nowMs, settings: deps.settings, depth: task.depth, causes: task.causes };
  const made = taskOfOffer(task, offer, { ...making, by, clickKey, rule, clusters: deps.clusters() });
  if (!made) return;
  const replied = [{ kind: "reply" as const, to: by, about: "offer_taken" as const }, ...made.effects];
  const { task: stored, outbox } = withOutbox(made.task, replied, nowMs);
  const answer = await deps.tasks.make({ task: stored, outbox, fact: madeFact(stored) });
  deps.log.info({ taskId: stored.id, parent: task.id, by, outcome: answer.outcome }, "offer taken");
}

import type { WhaleEvent } from "../../core/events/index.ts";
import { outboxKey } from "../../core/ids/index.ts";
import type { Archive, Journal, Logger, Outbox, TaskStore } from "../../core/ports/index.ts";
import { type Judgement, judgeOne } from "../../core/rules/index.ts";
import {
  isOver,
  type MachineSettings,
  madeFact,
  renewedOrigin,
  type Task,
  taskOfRule,
  watchers,
  withOutbox,
} from "../../core/tasks/index.ts";
import type { Advancer } from "./advance.ts";
import { type JudgingDeps, judgingNow } from "./rules-in-force.ts";

export interface AskAgainDeps extends JudgingDeps {
  journal: Pick<Journal, "event" | "incident">;
  archive: Pick<Archive, "get">;
  tasks: Pick<TaskStore, "make">;
  outbox: Pick<Outbox, "add">;
  advancer: Pick<Advancer, "advance">;
  settings: MachineSettings;
  log: Logger;
}

/**
 * A task's approval is void: its rule judges the event once more as the rules are now, and what comes of it is asked
 * anew, with an approval of its own. The event is as old as at its receipt, and no token is taken: the void task has
 * taken it. Where nothing comes of it, or a recovery would have taken it back, people are told. Done twice, it makes one
 * task.
 */
export type AskAgain = (voided: Task) => Promise<void>;

export function createAskAgain(deps: AskAgainDeps): AskAgain {
  const { tasks, advancer, clock, log, settings } = deps;
  return async (voided) => {
    const origin = renewedOrigin(voided);
    if (!origin) return;
    const { forEachIndex, depth, causes } = voided;
    const again = await judged(voided, deps);
    const firing = again?.judgement.firings.find(({ index }) => index === forEachIndex);
    if (!again || !firing || (await isTakenBack(voided, again, deps))) return tellNotAgain(voided, deps);
    const nowMs = clock.nowMs();
    const making = { nowMs, settings, depth, causes, origin };
    const made = taskOfRule(again.judgement.rule, again.event, firing, making);
    const { task, outbox: items } = withOutbox(made.task, made.effects, nowMs);
    await tasks.make({ task, outbox: items, fact: madeFact(task) });
    log.info({ taskId: voided.id, renewedBy: task.id }, "a void approval is asked for again");
    // A recovery that was read meanwhile may have found neither of the two tasks waiting.
    if (await isTakenBack(voided, again, deps)) await advancer.advance(task, { kind: "withdraw" });
  };
}

async function tellNotAgain(voided: Task, { outbox, clock, log }: AskAgainDeps): Promise<void> {
  const { id, ruleId } = voided;
  log.info({ taskId: id, rule: ruleId }, "a void approval is not asked for again");
  const body = { kind: "notice" as const, to: watchers(voided), about: "not_asked_again" as const };
  const key = outboxKey(id, body.about, 1);
  await outbox.add([{ key, taskId: id, lane: 4, body, dueAtMs: clock.nowMs() }]);
}

type Judged = { event: WhaleEvent; judgement: Extract<Judgement, { outcome: "fires" }> };

/** Whether the alert has recovered, and its rule takes back what waits for it then. */
async function isTakenBack(
  voided: Task,
  { event, judgement }: Judged,
  { journal }: AskAgainDeps,
): Promise<boolean> {
  if (event.status !== "firing" || judgement.rule.onRecovery !== "cancel") return false;
  return isOver(voided, await journal.incident(event.source, event.incident));
}

/** Null when nothing comes of the event any more, or it is not kept. */
async function judged({ eventId, ruleId }: Task, deps: AskAgainDeps): Promise<Judged | null> {
  const event = (await deps.journal.event(eventId)) ?? (await deps.archive.get(eventId));
  if (!event) return null;
  await deps.mutes.refresh();
  const { set, context } = judgingNow(deps);
  const compiled = set.rules.find(({ rule }) => rule.id === ruleId && rule.on.includes(event.type));
  if (!compiled) return null;
  const judgement = judgeOne(compiled, event, { ...context, ageAtMs: Date.parse(event.receivedAt) });
  return judgement.outcome === "fires" ? { event, judgement } : null;
}

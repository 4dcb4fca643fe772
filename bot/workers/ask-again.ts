import type { WhaleEvent } from "../../core/events/index.ts";
import { outboxKey } from "../../core/ids/index.ts";
import type { Archive, Journal, Logger, Outbox, TaskStore } from "../../core/ports/index.ts";
import { type Judgement, judgeOne } from "../../core/rules/index.ts";
import {
  type MachineSettings,
  madeFact,
  renewedOrigin,
  type Task,
  taskOfRule,
  watchers,
  withOutbox,
} from "../../core/tasks/index.ts";
import { type JudgingDeps, judgingNow } from "./rules-in-force.ts";

export interface AskAgainDeps extends JudgingDeps {
  journal: Pick<Journal, "event">;
  archive: Pick<Archive, "get">;
  tasks: Pick<TaskStore, "make">;
  outbox: Pick<Outbox, "add">;
  settings: MachineSettings;
  log: Logger;
}

/**
 * A task's approval is void: its rule judges the event once more as the rules are now, and what comes of it is asked
 * anew, with an approval of its own. The event is as old as at its receipt, and no token is taken: the void task has
 * taken it. Where nothing comes of it, people are told. Done twice, it makes one task.
 */
export type AskAgain = (voided: Task) => Promise<void>;

export function createAskAgain(deps: AskAgainDeps): AskAgain {
  const { tasks, outbox, clock, log, settings } = deps;
  return async (voided) => {
    const origin = renewedOrigin(voided);
    if (!origin) return;
    const { id, forEachIndex, depth, causes } = voided;
    const again = await judged(voided, deps);
    const firing = again?.judgement.firings.find(({ index }) => index === forEachIndex);
    const nowMs = clock.nowMs();
    if (!again || !firing) {
      log.info({ taskId: id, rule: voided.ruleId }, "a void approval is not asked for again");
      const body = { kind: "notice" as const, to: watchers(voided), about: "not_asked_again" as const };
      await outbox.add([{ key: outboxKey(id, body.about, 1), taskId: id, lane: 4, body, dueAtMs: nowMs }]);
      return;
    }
    const making = { nowMs, settings, depth, causes, origin };
    const made = taskOfRule(again.judgement.rule, again.event, firing, making);
    const { task, outbox: items } = withOutbox(made.task, made.effects, nowMs);
    await tasks.make({ task, outbox: items, fact: madeFact(task) });
    log.info({ taskId: id, renewedBy: task.id }, "a void approval is asked for again");
  };
}

type Judged = { event: WhaleEvent; judgement: Extract<Judgement, { outcome: "fires" }> };

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

import { bindingHash } from "../approvals/binding.ts";
import { entitledGroups, hasQuorum } from "../approvals/quorum.ts";
import { requestId } from "../ids/index.ts";
import { policyFault } from "../policies/policy.ts";
import { updateCards } from "./codes.ts";
import type { Effect } from "./effects.ts";
import type { InputOf, Standing } from "./inputs.ts";
import {
  afterClick,
  approverOf,
  clickFault,
  deciderOf,
  decision,
  ended,
  explainClick,
  newCard,
} from "./on-approval.ts";
import { running } from "./on-execution.ts";
import type { MoveReason } from "./reasons.ts";
import { moved, refused, type StepResult } from "./result.ts";
import { doublingDelayMs, type MachineSettings } from "./settings.ts";
import type { StartRecord, Task } from "./task.ts";

interface Fault {
  reason: MoveReason;
  message?: string;
}

/** Why an approved task may not start after all; null when it may. */
export function startFault(task: Task, standing: Standing, nowMs: number): Fault | null {
  if (bindingHash(task) !== task.hash) return { reason: "binding_void", message: "content differs" };
  if (standing.digest !== task.ruleDigest) return { reason: "binding_void", message: "rule changed" };
  return gateFault(task, standing, nowMs) ?? clusterFault(task, standing);
}

function gateFault(task: Task, standing: Standing, nowMs: number): Fault | null {
  if (task.approval.mode === "people") return hasQuorum(task) ? null : { reason: "no_quorum" };
  const { policy } = task.approval;
  if (!standing.policy || standing.policy.digest !== policy.digest) {
    return { reason: "policy_void", message: `policy ${policy.id} is gone or changed` };
  }
  const fault = policyFault(policy, task.action, nowMs);
  return fault ? { reason: "policy_void", message: `policy ${policy.id}: ${fault}` } : null;
}

function clusterFault(task: Task, { choice }: Standing): Fault | null {
  if (choice.outcome === "none") return { reason: "no_allowed_cluster" };
  return task.clusters.includes(choice.cluster) ? null : { reason: "binding_void", message: "other cluster" };
}

/** The intent: after this is stored, and only then, the request may leave. */
export function onIntend(
  task: Task,
  input: InputOf<"intend">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  if (nowMs > (task.approvedAtMs ?? task.createdAtMs) + task.startWithinMs) {
    return ended(task, { to: "gave_up", reason: "start_too_late", nowMs });
  }
  const fault = startFault(task, input.standing, nowMs);
  if (fault) return ended(task, { to: "refused", nowMs, ...fault });
  const { choice } = input.standing;
  if (choice.outcome !== "chosen") return refused(task, "not_in_this_state");
  const start: StartRecord = {
    no: task.startNo,
    requestId: requestId(task.id, task.startNo),
    cluster: choice.cluster,
    intentAtMs: nowMs,
    unknownAtMs: nowMs + settings.startWindowMs,
    looks: task.start?.no === task.startNo ? task.start.looks : 0,
  };
  // Whoever stored this asks for the start now; when its answer does not come, somebody else looks for it.
  const dueAtMs = Math.min(nowMs + settings.startAnswerMs, start.unknownAtMs);
  return moved(task, { to: "starting", reason: "start_intended", nowMs, patch: { start, dueAtMs } });
}

export function onStartAnswer(
  task: Task,
  input: InputOf<"start_answer">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { answer } = input;
  const start = task.start;
  if (!start || start.requestId !== input.requestId) return refused(task, "older_news");
  switch (answer.outcome) {
    case "started":
      return running(task, answer.execution, { reason: "started", nowMs, settings });
    case "refused":
      return ended(task, { to: "refused", reason: "start_refused", nowMs, message: answer.message });
    case "not_sent":
      return notSent(task, start, { message: answer.message, nowMs, settings });
    case "unknown": {
      const dueAtMs = Math.min(nowMs + settings.lookBaseMs, start.unknownAtMs);
      const patch = { dueAtMs, message: answer.message };
      return moved(task, { to: "starting", reason: "start_answer_lost", nowMs, patch });
    }
    default:
      return answer satisfies never;
  }
}

function notSent(
  task: Task,
  start: StartRecord,
  facts: { message: string; nowMs: number; settings: MachineSettings },
): StepResult {
  const { message, nowMs, settings } = facts;
  const delay = doublingDelayMs(start.looks, settings.notSentBaseMs, settings.notSentMaxMs);
  const patch = { start: { ...start, looks: start.looks + 1 }, dueAtMs: nowMs + delay, message };
  return moved(task, { to: "approved", reason: "start_not_sent", nowMs, patch });
}

/** An answer that comes after a human was asked: only one that settles the matter counts. */
export function onLateAnswer(
  task: Task,
  input: InputOf<"start_answer">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const settled = input.answer.outcome === "started" || input.answer.outcome === "refused";
  return settled ? onStartAnswer(task, input, nowMs, settings) : refused(task, "older_news");
}

/** What looking for the start has shown, while it is open whether it went through. */
export function onLook(
  task: Task,
  input: InputOf<"look">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const { sighting } = input;
  const start = task.start;
  if (!start) return refused(task, "not_in_this_state");
  if (sighting.outcome === "found") {
    return running(task, sighting.execution, { reason: "start_adopted", nowMs, settings });
  }
  if (task.state === "unknown") return stillUnknown(task, start, nowMs, settings);
  if (nowMs >= start.unknownAtMs) return becomeUnknown(task, start, { nowMs, settings });
  const delay = doublingDelayMs(start.looks, settings.lookBaseMs, settings.lookMaxMs);
  const dueAtMs = Math.min(nowMs + delay, start.unknownAtMs);
  const patch = { start: { ...start, looks: start.looks + 1 }, dueAtMs };
  return moved(task, { to: "starting", reason: "looked_again", nowMs, patch });
}

function becomeUnknown(
  task: Task,
  start: StartRecord,
  facts: { nowMs: number; settings: MachineSettings },
): StepResult {
  const { nowMs, settings } = facts;
  const to = entitledGroups(task)[0] ?? {};
  const card = newCard(task, to, "unknown");
  const shown = updateCards(task, nowMs, "click_only");
  const patch = {
    start: { ...start, looks: 0 },
    dueAtMs: nowMs + settings.lookBaseMs,
    cards: [...shown.task.cards, card],
  };
  const effects: Effect[] = [...shown.effects, { kind: "card", cardNo: card.no }];
  return moved(task, { to: "unknown", reason: "start_unresolved", nowMs, patch, effects });
}

function stillUnknown(task: Task, start: StartRecord, nowMs: number, settings: MachineSettings): StepResult {
  if (nowMs > start.intentAtMs + settings.unknownGiveUpMs) {
    return ended(task, { to: "gave_up", reason: "given_up_unresolved", nowMs });
  }
  const delay = doublingDelayMs(start.looks, settings.lookBaseMs, settings.lookMaxMs);
  const patch = { start: { ...start, looks: start.looks + 1 }, dueAtMs: nowMs + delay };
  return moved(task, { to: "unknown", reason: "looked_again", nowMs, patch });
}

/**
 * A person orders another start of an `unknown` task. That is a new round with a new start number: decisions
 * of the round before do not count, this click does.
 */
export function onAgain(task: Task, input: InputOf<"again">, nowMs: number): StepResult {
  const { click } = input;
  const round = task.round + 1;
  const asked = { ...task, round };
  const approver = approverOf(asked, click);
  if ("fault" in approver) return explainClick(task, click, approver.fault, nowMs);
  const { decider } = approver;
  const decisions = [...task.decisions, decision(asked, click, { decider, verdict: "approve", nowMs })];
  const next: Task = { ...afterClick(task, click, nowMs), round, decisions, startNo: task.startNo + 1 };
  const enough = task.approval.mode === "policy" || hasQuorum(next);
  const shown = updateCards(next, nowMs, "click_only");
  const { effects } = shown;
  if (enough) {
    const patch = { dueAtMs: nowMs, approvedAtMs: nowMs };
    const reason = "start_again_by_person" as const;
    return moved(shown.task, { to: "approved", reason, nowMs, ...decider, patch, effects });
  }
  const timeoutMs = task.approval.mode === "people" ? task.approval.timeoutMs : 0;
  const patch = { dueAtMs: nowMs + timeoutMs, deadlineAtMs: nowMs + timeoutMs };
  const reason = "start_again_by_person" as const;
  return moved(shown.task, { to: "pending_approval", reason, nowMs, ...decider, patch, effects });
}

export function onGiveUp(task: Task, input: InputOf<"give_up">, nowMs: number): StepResult {
  const { click } = input;
  const fault = clickFault(task, click);
  if (fault) return explainClick(task, click, fault, nowMs);
  const clicked = afterClick(task, click, nowMs);
  return ended(clicked, { to: "gave_up", reason: "given_up_by_person", nowMs, ...deciderOf(click) });
}

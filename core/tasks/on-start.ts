import { bindingHash } from "../approvals/binding.ts";
import { hasQuorum } from "../approvals/quorum.ts";
import { needsReason } from "../approvals/reason.ts";
import type { ClusterChoice } from "../clusters/choice.ts";
import { requestId } from "../ids/index.ts";
import { policyFault } from "../policies/policy.ts";
import { updateCards } from "./codes.ts";
import { askedFrom } from "./escalation.ts";
import type { Click, InputOf, Sighting, Standing } from "./inputs.ts";
import { renewedOrigin } from "./make.ts";
import { afterClick, askReason, clickFault, decisionOf, ended, explainClick } from "./on-approval.ts";
import { heldBefore, onNotSent, startByMs, waitForCluster } from "./on-clusters.ts";
import { doubled, running } from "./on-execution.ts";
import { becomeUnknown, isStartOpen } from "./open-start.ts";
import type { MoveReason } from "./reasons.ts";
import { moved, refused, type StepResult } from "./result.ts";
import { doublingDelayMs, type MachineSettings } from "./settings.ts";
import type { StartRecord } from "./start-record.ts";
import type { Task } from "./task.ts";

/*
 * One approval starts at most one execution. How each point of reference/stackstorm.md section 9 is kept:
 *
 *  1 intent first             onIntend; bot/workers/starter.ts sends only what it has stored
 *  2 request id, trace tag    adapters/stackstorm/start.ts
 *  3 201, refusals            onStartAnswer; adapters/stackstorm/start-outcome.ts
 *  4 lost answers, crashes    onLook: found adopts, else looked for with growing pauses until `unknownAtMs`
 *  5 absent                   becomeUnknown: a person adopts (on-order.ts), starts again or gives up; never by itself; a
 *                             task that waits for people again does not end while it is open whether it runs
 *  6 stuck in the queue       onRunningTick tells people, who may cancel it and retry; never by itself
 *  7 retries, double rows     onRetried, `doubled`; bot/workers/run-end.ts looks once more when an execution ends
 *  8 no failing over          on-clusters.ts: `not_sent` alone, which is proved, may go elsewhere; whatever else may
 *                             hold a start has to answer first
 *  9 re-run                   a task with `rerunOf`: one at a time of each run; what the engine had made of the run before
 *                             is bound, anything else found before the start voids it, and found after it is the start
 * 10 cancel, pause, resume    on-order.ts, bot/workers/controller.ts: stored, then read, asked for, read again
 */

interface Fault {
  reason: MoveReason;
  message?: string;
}

/** Why an approved task may not start after all; null when it may. */
export function startFault(task: Task, standing: Standing, nowMs: number): Fault | null {
  if (bindingHash(task) !== task.hash) return { reason: "binding_void", message: "content differs" };
  if (standing.digest !== task.ruleDigest) return { reason: "binding_void", message: "rule changed" };
  if (standing.rerunSince) {
    return { reason: "binding_void", message: `run again since: ${standing.rerunSince.join(" ")}` };
  }
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
  switch (choice.outcome) {
    case "wait":
      return null;
    case "none": {
      const { reason } = choice;
      return reason === "no_allowed_cluster" ? { reason } : { reason, message: missingText(task, choice) };
    }
    case "chosen":
      return task.clusters.includes(choice.cluster)
        ? null
        : { reason: "binding_void", message: "other cluster" };
    default:
      return choice satisfies never;
  }
}

/** `disk.cleanup @ hz-core: disk 1.2.0 (>=1.4); bj-core`. */
function missingText({ action }: Task, { passed }: ClusterChoice): string {
  const places = passed.map(({ cluster, found }) => (found === undefined ? cluster : `${cluster}: ${found}`));
  return `${action} @ ${places.join("; ")}`;
}

/** The intent: after this is stored, and only then, the request may leave. */
export function onIntend(
  task: Task,
  input: InputOf<"intend">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  if (nowMs > startByMs(task)) {
    return ended(task, { to: "gave_up", reason: "start_too_late", nowMs });
  }
  const fault = startFault(task, input.standing, nowMs);
  if (fault) return voided(task, fault, nowMs);
  const { choice } = input.standing;
  if (choice.outcome === "wait") return waitForCluster(task, choice, nowMs, settings);
  if (choice.outcome === "none") return refused(task, "not_in_this_state");
  const start: StartRecord = {
    no: task.startNo,
    requestId: requestId(task.id, task.startNo),
    cluster: choice.cluster,
    intentAtMs: nowMs,
    sender: input.sender,
    unknownAtMs: nowMs + settings.startWindowMs,
    looks: task.start?.no === task.startNo ? task.start.looks : 0,
    ...heldBefore(task),
    ...(task.start?.refusals ? { refusals: task.start.refusals } : {}),
  };
  // Whoever stored this asks for the start now; when its answer does not come, somebody else looks for it.
  const dueAtMs = Math.min(nowMs + settings.startAnswerMs, start.unknownAtMs);
  return moved(task, { to: "starting", reason: "start_intended", nowMs, patch: { start, choice, dueAtMs } });
}

/** An approval that is void starts nothing; where it is so because things have changed, people are asked anew. */
function voided(task: Task, fault: Fault, nowMs: number): StepResult {
  const result = ended(task, { to: "refused", nowMs, ...fault });
  const isOver = result.task.state === "refused";
  const asksAgain = isOver && fault.reason === "binding_void" && renewedOrigin(task) !== null;
  return asksAgain ? { ...result, effects: [...result.effects, { kind: "ask_again" }] } : result;
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
      return onNotSent(task, answer, nowMs, settings);
    case "unknown": {
      const dueAtMs = Math.min(nowMs + settings.lookBaseMs, start.unknownAtMs);
      const patch = { dueAtMs, message: answer.message };
      return moved(task, { to: "starting", reason: "start_answer_lost", nowMs, patch });
    }
    default:
      return answer satisfies never;
  }
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

/** An answer to an earlier start that comes while another one is being decided about: only that it runs counts. */
export function onEarlierAnswer(
  task: Task,
  { requestId, answer }: InputOf<"start_answer">,
  nowMs: number,
  settings: MachineSettings,
): StepResult {
  const isOfIt = task.start?.requestId === requestId && isStartOpen(task);
  if (!isOfIt || answer.outcome !== "started") return refused(task, "older_news");
  const { task: shown, effects } = updateCards(task, nowMs, "click_only");
  return running(shown, answer.execution, { reason: "started", nowMs, settings, effects });
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
    const { effects, ...doubles } = doubled(task, sighting.doubles);
    const facts = { reason: "start_adopted" as const, nowMs, settings, effects };
    return running({ ...task, ...doubles }, sighting.execution, facts);
  }
  const seen = withCandidates(task, sighting);
  if (task.state === "unknown") return stillUnknown(seen, start, nowMs, settings);
  if (nowMs >= start.unknownAtMs) {
    const patch = { dueAtMs: nowMs + settings.lookBaseMs };
    return becomeUnknown(seen, { reason: "start_unresolved", nowMs, patch });
  }
  const delay = doublingDelayMs(start.looks, settings.lookBaseMs, settings.lookMaxMs);
  const dueAtMs = Math.min(nowMs + delay, start.unknownAtMs);
  const patch = { start: { ...start, looks: start.looks + 1 }, dueAtMs };
  return moved(task, { to: "starting", reason: "looked_again", nowMs, patch });
}

/** What could be the start is kept as it was last seen; a look that could not see says nothing about it. */
function withCandidates(task: Task, sighting: Exclude<Sighting, { outcome: "found" }>): Task {
  if (sighting.outcome !== "absent" || sighting.candidates === undefined) return task;
  return { ...task, candidates: sighting.candidates };
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
 * of the round before do not count, this click does. Who asked for the task needs others for it, as before.
 */
export function onAgain(task: Task, input: InputOf<"again">, nowMs: number): StepResult {
  const { click } = input;
  const { approval } = task;
  const fault = clickFault(task, click);
  if (fault) return explainClick(task, click, fault, nowMs);
  const begun: Task = {
    ...afterClick(task, click, nowMs),
    round: task.round + 1,
    startNo: task.startNo + 1,
  };
  const decision = orderOf(begun, click, nowMs);
  if ("outcome" in decision) return explainClick(task, click, decision.reason, nowMs);
  const { by, onBehalfOf } = decision;
  const decider = { by, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
  const order = { reason: "start_again_by_person" as const, nowMs, ...decider };
  if (approval.mode === "people" && needsReason(approval, "approve")) {
    const { task: asked, effects } = askReason(begun, decision);
    return moved(asked, {
      ...order,
      to: "pending_approval",
      patch: askedFrom(asked, approval, nowMs),
      effects,
    });
  }
  const decided = { ...begun, decisions: [...begun.decisions, decision] };
  const { task: shown, effects } = updateCards(decided, nowMs, "click_only");
  if (approval.mode === "policy" || hasQuorum(shown)) {
    const patch = { dueAtMs: nowMs, approvedAtMs: nowMs };
    return moved(shown, { ...order, to: "approved", patch, effects });
  }
  return moved(shown, {
    ...order,
    to: "pending_approval",
    patch: askedFrom(shown, approval, nowMs),
    effects,
  });
}

/** Where a policy stands for people, whoever asked for the task may order it too, and nobody's place is taken. */
function orderOf(begun: Task, click: Click, nowMs: number): ReturnType<typeof decisionOf> {
  if (begun.approval.mode === "people") return decisionOf(begun, click, { verdict: "approve", nowMs });
  const { by, clickKey, entitlement } = click;
  const groups = entitlement.outcome === "entitled" ? entitlement.groups : [];
  const { hash, round } = begun;
  return { verdict: "approve", by, atMs: nowMs, hash, round, clickKey, groups };
}

export function onGiveUp(task: Task, input: InputOf<"give_up">, nowMs: number): StepResult {
  const { click } = input;
  const fault = clickFault(task, click);
  if (fault) return explainClick(task, click, fault, nowMs);
  const clicked = afterClick(task, click, nowMs);
  return ended(clicked, { to: "gave_up", reason: "given_up_by_person", nowMs, by: click.by });
}

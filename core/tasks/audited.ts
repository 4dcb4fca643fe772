import type { AuditFact, AuditVerb } from "../audit/entry.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import { type CardRecord, type Decision, isTerminal, type Task } from "./task.ts";

/** Who does what no person does. */
const MACHINE = "whale";

/** What the audit log is told of a new task: of which event and rule version, bound to which hash, asked for by whom. */
export function madeFact(task: Task): AuditFact {
  const { approval, origin, targets } = task;
  const gate =
    approval.mode === "policy"
      ? { policy: approval.policy.id, policyDigest: approval.policy.digest }
      : { approval: hashOf(approval) };
  const asker = origin.kind === "rule" ? null : origin.by;
  const detail = {
    ...{ event: task.eventId, eventType: task.event.type, origin: origin.kind, rule: task.ruleId },
    ...{ version: task.ruleVersion, digest: task.ruleDigest, business: task.business },
    ...{
      action: task.action,
      targets: hashOf(targets),
      params: hashOf(task.params),
      ...gate,
      ...retryDetail(task),
    },
  };
  const who = asker === null ? MACHINE : personOf(asker);
  return factOf(task, { what: "task.make", who, detail, nowMs: task.createdAtMs });
}

/** Of a retry: what it is of, and what is different. The values of parameters are in the hash alone. */
function retryDetail({ retryOf, rerunOf, changed, clusters }: Task): JsonObject {
  if (retryOf === undefined) return {};
  const steps = rerunOf ? { rerunOf: rerunOf.executionId, steps: [...rerunOf.steps] } : {};
  const names = changed ? { changed: changed.map(({ name }) => name) } : {};
  return { retryOf, clusters: [...clusters], ...steps, ...names };
}

/**
 * What the audit log is told of a move; null for one that nobody accounts for, such as a code for a card. What was
 * decided comes before how it went on: the move that completes a quorum is told as the decision.
 */
export function movedFact(before: Task, after: Task, nowMs: number): AuditFact | null {
  const decision = after.decisions.at(-1);
  if (decision && after.decisions.length > before.decisions.length) {
    return stepFact({ before, after, nowMs }, decidedFact(decision));
  }
  const { control } = after;
  if (control && control.key !== before.control?.key) {
    const detail = { order: control.what, callback: hashOf(control.key) };
    return stepFact({ before, after, nowMs }, { what: "task.order", who: personOf(control.by), detail });
  }
  if (before.state !== after.state || before.execution?.status !== after.execution?.status) {
    return stateFact({ before, after, nowMs });
  }
  const asked = after.cards.filter((card) => isNewlySent(card, before));
  if (asked.length === 0) return null;
  const cards = asked.map(({ no, purpose, recipients }) => ({ no, purpose, recipients }));
  return stepFact({ before, after, nowMs }, { what: "task.ask", who: MACHINE, detail: { cards } });
}

/** Of a reason the hash alone: it is people's text. */
function decidedFact(decision: Decision): { what: AuditVerb; who: string; detail: JsonObject } {
  const { by, onBehalfOf, verdict, hash, round, groups, chosen, reason, clickKey } = decision;
  const detail = {
    ...{ verdict, on: hash, round, groups: [...groups], callback: hashOf(clickKey) },
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: personOf(onBehalfOf) }),
    ...(chosen === undefined ? {} : { chosen }),
    ...(reason === undefined ? {} : { reason: hashOf(reason) }),
  };
  return { what: "task.decide", who: personOf(by), detail };
}

function isNewlySent(card: CardRecord, before: Task): boolean {
  return card.sentAtMs !== null && before.cards.find(({ no }) => no === card.no)?.sentAtMs == null;
}

interface Step {
  before: Task;
  after: Task;
  nowMs: number;
}

function stateFact(moved: Step): AuditFact {
  const { before, after } = moved;
  const line = after.history.at(-1);
  const who = line?.by === undefined ? MACHINE : personOf(line.by);
  if (after.state === "starting" && before.state !== "starting") {
    const { requestId, cluster } = after.start ?? {};
    const started = { request: requestId ?? null, cluster: cluster ?? null, approvers: approversOf(after) };
    return stepFact(moved, { what: "task.start", who, detail: started });
  }
  const what: AuditVerb = isTerminal(after.state) ? "task.end" : "task.move";
  return stepFact(moved, { what, who, detail: executionDetail(after) });
}

function approversOf({ approval, decisions, round }: Task): string[] {
  if (approval.mode === "policy") return [`policy:${approval.policy.id}`];
  const counted = decisions.filter((one) => one.round === round && one.verdict === "approve");
  return counted.map(({ by }) => personOf(by));
}

function executionDetail({ execution, state }: Task): JsonObject {
  if (!execution) return {};
  const { id, cluster, status, result } = execution;
  const hashed = result === undefined || !isTerminal(state) ? {} : { result: hashOf(result) };
  return { execution: id, cluster, status, ...hashed };
}

interface Telling {
  what: AuditVerb;
  who: string;
  detail: JsonObject;
}

function stepFact({ before, after, nowMs }: Step, { detail, ...telling }: Telling): AuditFact {
  const way = { from: before.state, to: after.state, reason: after.reason };
  return factOf(after, { ...telling, nowMs, detail: { ...way, ...detail } });
}

/** Id and revision name the move, which is stored once. */
function factOf(task: Task, { what, who, detail, nowMs }: Telling & { nowMs: number }): AuditFact {
  const named = { revision: task.revision, hash: task.hash, ...detail };
  return { at: new Date(nowMs).toISOString(), who, what, object: task.id, detail: named };
}

function personOf(by: string): string {
  return by.startsWith("policy:") ? by : `user:${by}`;
}

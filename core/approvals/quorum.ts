import type { People, PeopleGroups } from "../people/people.ts";
import type { Origin } from "../tasks/origin.ts";
import { requesterOf } from "../tasks/origin.ts";
import type { Decision, Task } from "../tasks/task.ts";
import { type PeopleApproval, stepName } from "./approval.ts";
import { approvedHash } from "./choices.ts";
import { takePlaces } from "./places.ts";
import { isOutvoted } from "./rejection.ts";

/** What people decide about: a task, or anything else that is asked for in the same way. */
export interface Ballot
  extends Pick<Task, "approval" | "hash" | "round" | "escalated" | "choices" | "chosen"> {
  decisions: readonly Decision[];
  /** Who asked for it is no approver of it. */
  origin: { kind: "rule" } | { kind: Exclude<Origin["kind"], "rule">; by: string | null };
}

/** Decisions that count now: of this round, on this content; approvals with the choice that was fixed. */
export function validDecisions(task: Ballot): Decision[] {
  const approved = approvedHash(task.hash, task);
  return task.decisions.filter(({ round, hash, verdict }) => {
    return round === task.round && hash === (verdict === "approve" ? approved : task.hash);
  });
}

/** What one person has decided so far. */
export interface Vote {
  by: string;
  /** In whose place; absent where they decided as themselves. */
  onBehalfOf?: string;
  verdict: Decision["verdict"];
  /** Names of the groups that they were entitled for at their clicks. */
  groups: readonly string[];
  reason?: string;
}

/**
 * One vote for each person, in the order of their first: the last decision counts. Who approves again, then
 * entitled for another group, has both. Whoever asked for the task is no approver of it, whatever is stored.
 */
export function votes(task: Ballot): Vote[] {
  const found = new Map<string, Vote>();
  const barred = asker(task);
  for (const { by, onBehalfOf, verdict, groups, reason } of validDecisions(task)) {
    if (verdict === "approve" && barred !== null && (by === barred || onBehalfOf === barred)) continue;
    const before = found.get(by);
    const known = before?.verdict === verdict ? before.groups : [];
    const given = reason ?? (before?.verdict === verdict ? before.reason : undefined);
    const place = onBehalfOf === undefined ? {} : { onBehalfOf };
    const vote = { by, ...place, verdict, groups: [...new Set([...known, ...groups])] };
    found.set(by, given === undefined ? vote : { ...vote, reason: given });
  }
  return [...found.values()];
}

/** Who asked for a task; null where a rule made it by itself, or the command line of the machine. */
export function asker({ origin }: Pick<Ballot, "origin">): string | null {
  return origin.kind === "rule" ? null : origin.by;
}

function approvals(task: Ballot): Vote[] {
  return votes(task).filter((vote) => vote.verdict === "approve");
}

/** The distinct people who approved, in the order they did. */
export function approvers(task: Ballot): string[] {
  return approvals(task).map((vote) => vote.by);
}

/** The distinct people whose last word is no. */
export function rejecters(task: Ballot): string[] {
  return votes(task).flatMap((vote) => (vote.verdict === "reject" ? [vote.by] : []));
}

/** How many of a group still have to approve. */
export interface Missing {
  name: string;
  need: number;
}

/** What is missing of a quorum. */
export interface Shortfall {
  /** Places that are open. Whom an approver counts for may change with the next one, if more places are taken so. */
  groups: Missing[];
  /** Where a step was asked: so many more of its people would do instead. The least of all steps. */
  ofStep: number | null;
}

/** What is missing of a task's quorum; nothing where a policy stands for people. */
export function shortfall(task: Ballot): Shortfall {
  const { approval } = task;
  if (approval.mode !== "people") return { groups: [], ofStep: null };
  const given = approvals(task);
  const steps = stepsAsked(task, approval);
  const open = steps.map(
    ({ need, name }) => need - given.filter((vote) => vote.groups.includes(name)).length,
  );
  return {
    groups: openPlaces(approval, given, new Set(steps.map(({ name }) => name))),
    ofStep: open.length > 0 ? Math.max(0, Math.min(...open)) : null,
  };
}

/** The people of a step that was asked may take a place in any group. */
function openPlaces(approval: PeopleApproval, given: readonly Vote[], steps: ReadonlySet<string>): Missing[] {
  const all = [...approval.groups.keys()];
  const mayTake = given.map(({ groups }) =>
    groups.some((name) => steps.has(name))
      ? all
      : all.filter((index) => groups.includes(approval.groups[index]?.name ?? "")),
  );
  const taken = takePlaces(
    mayTake,
    approval.groups.map(({ need }) => need),
  );
  const open = approval.groups.map(({ name, need }, index) => {
    return { name, need: need - taken.filter((group) => group === index).length };
  });
  return open.filter(({ need }) => need > 0);
}

/** How many more people must approve at least. */
export function stillNeeded(task: Ballot): number {
  const { groups, ofStep } = shortfall(task);
  const places = groups.reduce((sum, { need }) => sum + need, 0);
  return ofStep === null ? places : Math.min(places, ofStep);
}

/**
 * Whether enough distinct people approved exactly this content and it is not rejected: every group has its need,
 * or a step that was asked has its own.
 */
export function hasQuorum(task: Ballot): boolean {
  // Asked for first, so that whatever is stored never starts without anybody.
  if (task.approval.mode !== "people" || approvers(task).length === 0) return false;
  return !hasRejection(task) && stillNeeded(task) === 0;
}

/** Whether the decisions so far end it. */
export function hasRejection(task: Ballot): boolean {
  const { approval } = task;
  if (approval.mode !== "people") return false;
  if (approval.reject === "any") return validDecisions(task).some(({ verdict }) => verdict === "reject");
  return isOutvoted(approval, { votes: votes(task), asker: asker(task) });
}

/** Some people who may decide, by the name that a decision stores. */
export interface Deciders {
  name: string;
  people: People;
}

function stepsAsked(
  task: Pick<Ballot, "escalated">,
  { escalate }: PeopleApproval,
): { name: string; need: number; to: People }[] {
  return escalate
    .slice(0, task.escalated)
    .map(({ need, to }, index) => ({ name: stepName(index), need, to }));
}

/**
 * Who may decide about a task now: its groups and, after an escalation, those it was escalated to. A task under a
 * policy is decided about by the person who asked for it, else by those who hear its report.
 */
export function deciders(task: Task): Deciders[] {
  const { approval, report } = task;
  if (approval.mode === "people") return decidersOf({ approval, escalated: task.escalated });
  const requester = requesterOf(task);
  if (requester !== null) return [{ name: "asker", people: { users: [requester] } }];
  return [{ name: "report", people: report.to ?? { users: [approval.policy.approvedBy] } }];
}

/** Who may decide where people are asked: the groups and, after an escalation, those it was escalated to. */
export function decidersOf(asked: { approval: PeopleApproval; escalated: number }): Deciders[] {
  const { approval } = asked;
  const groups = approval.groups.map(({ name, from }) => ({ name, people: from }));
  return [...groups, ...stepsAsked(asked, approval).map(({ name, to }) => ({ name, people: to }))];
}

/** The people of `deciders`, for sending. */
export function entitledGroups(task: Task): PeopleGroups {
  return deciders(task).map(({ people }) => people);
}

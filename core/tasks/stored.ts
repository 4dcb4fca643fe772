import { ONLY_GROUP, type ShortApproval, shortApproval } from "../approvals/approval.ts";
import type { People, PeopleGroups } from "../people/people.ts";
import type { ApprovalSnapshot, CardRecord, Decision, OfferSnapshot, Task } from "./task.ts";

/** An approval as versions before groups stored it. */
type EarlierApproval = { mode: "people" } & ShortApproval;
type EarlierGate = ApprovalSnapshot | EarlierApproval;

/** What may be stored: a task of this version, or of one before, whose fields are named here. */
type Stored = Omit<
  Task,
  "approval" | "offers" | "decisions" | "cards" | "awaitedReasons" | "askedAtMs" | "escalated"
> &
  Partial<Pick<Task, "awaitedReasons" | "askedAtMs" | "escalated">> & {
    approval: EarlierGate;
    offers: (Omit<OfferSnapshot, "approval"> & { approval: EarlierGate })[];
    decisions: (Omit<Decision, "groups"> & { groups?: readonly string[] })[];
    cards: (Omit<CardRecord, "to"> & { to: People | PeopleGroups })[];
    escalatedAtMs?: number | null;
  };

/**
 * A task out of its stored text. One that an earlier version stored is read as what it meant then, so that what
 * was open goes on after Whale was renewed: the same people, the same number, the same deadline, the same hash.
 */
export function readTask(text: string): Task {
  return currentTask(JSON.parse(text) as Stored);
}

/** A task as this version has it: the same one, unless an earlier version made it. */
export function currentTask(stored: Stored): Task {
  return isCurrent(stored) ? stored : renewed(stored);
}

function isCurrent(stored: Stored): stored is Stored & Task {
  return stored.escalated !== undefined;
}

function renewed({ escalatedAtMs = null, ...stored }: Stored): Task {
  const approval = gateOf(stored.approval);
  const { deadlineAtMs } = stored;
  const first = stored.cards[0]?.sentAtMs ?? null;
  const timeoutMs = approval.mode === "people" ? approval.timeoutMs : 0;
  return {
    ...stored,
    approval,
    offers: stored.offers.map((offer) => ({ ...offer, approval: gateOf(offer.approval) })),
    decisions: stored.decisions.map((decision) => ({ groups: [ONLY_GROUP], ...decision })),
    awaitedReasons: [],
    cards: stored.cards.map((card) => ({ ...card, to: groupsOf(card.to) })),
    askedAtMs: deadlineAtMs === null ? null : (first ?? deadlineAtMs - timeoutMs),
    escalated: escalatedAtMs === null ? 0 : 1,
  };
}

function gateOf(gate: EarlierGate): ApprovalSnapshot {
  if (gate.mode === "policy" || "groups" in gate) return gate;
  const { mode: _, ...short } = gate;
  return shortApproval(short);
}

/** The people that a stored card or notice is for; versions before groups named some people alone. */
export function groupsOf(to: People | PeopleGroups): PeopleGroups {
  return isGroups(to) ? to : [to];
}

function isGroups(to: People | PeopleGroups): to is PeopleGroups {
  return Array.isArray(to);
}

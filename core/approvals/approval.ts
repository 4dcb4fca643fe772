import type { People } from "../people/people.ts";

/** Some people of whom `need` must approve. */
export interface ApprovalGroup {
  /** Unique within its approval; people read it. */
  name: string;
  from: People;
  need: number;
}

export const REJECT_MODES = ["any", "majority"] as const;
/**
 * What a rejection does. `any`: the first one ends the asking. `majority`: it goes on until nobody could bring the
 * quorum together any more, or until more people have rejected than the groups need together.
 */
export type RejectMode = (typeof REJECT_MODES)[number];

export const REASON_MODES = ["never", "reject", "always"] as const;
/** With which decisions a reason must come. */
export type ReasonMode = (typeof REASON_MODES)[number];

/**
 * Others who are asked as well when nobody has decided for a while. Who was asked before may go on deciding, and a
 * rejection of theirs counts like any other. However late a step comes, nothing asks longer than `MAX_ASKING_MS`.
 */
export interface EscalationStep {
  /** From the moment WeCom took the first card. */
  afterMs: number;
  to: People;
  /** So many of them stand for the whole approval; each of them may also take a place in any group. */
  need: number;
  /** How long the approval waits at least from this step on. */
  timeoutMs: number;
}

/** The human gate of an action. Nobody approves what they asked for themselves; no setting changes that. */
export interface PeopleApproval {
  mode: "people";
  /** At least one. Each must reach its own `need`, and a person counts for one group alone. */
  groups: readonly ApprovalGroup[];
  reject: RejectMode;
  reason: ReasonMode;
  /** How long the card may stay unanswered, from the moment WeCom took it. */
  timeoutMs: number;
  /** `escalate`: the next step comes at the deadline if not before; the end comes when no step is left. */
  onTimeout: "reject" | "escalate";
  /** In the order of their time. */
  escalate: readonly EscalationStep[];
  /** A name in groups.yaml: there the card is shown too. Who may decide stays as it is. */
  group?: string;
}

/** A card can be changed for 72 h after it was sent (reference/wecom.md 3.8); the two hours are for telling the end. */
export const MAX_ASKING_MS = 70 * 3_600_000;

/** The name of the only group of an approval in its short form. */
export const ONLY_GROUP = "approvers";

/** A step as it is written: what is left out follows from its approval. */
export type WrittenStep = Pick<EscalationStep, "afterMs" | "to"> & Partial<EscalationStep>;

/** What an approval says of waiting. */
type Waiting = Pick<PeopleApproval, "timeoutMs" | "onTimeout">;

/** An approval in its short form: one group, and at most one step. */
export interface ShortApproval extends Waiting {
  from: People;
  need: number;
  escalate?: Pick<WrittenStep, "afterMs" | "to">;
}

/** The approval that a short form means. */
export function shortApproval({ from, need, escalate, ...waiting }: ShortApproval): PeopleApproval {
  const groups = [{ name: ONLY_GROUP, from, need }];
  const steps = escalate ? [stepOf(escalate, { groups, ...waiting })] : [];
  return { mode: "people", groups, reject: "any", reason: "never", ...waiting, escalate: steps };
}

/**
 * A step with what its writer left out. `need` is the largest of the groups'. It waits for what is left of the
 * approval's own time; as long as that time from the step on where nothing is left, or where silence escalates.
 */
export function stepOf(
  step: WrittenStep,
  approval: Pick<PeopleApproval, "groups"> & Waiting,
): EscalationStep {
  const { timeoutMs, onTimeout, groups } = approval;
  const left = onTimeout === "reject" ? timeoutMs - step.afterMs : 0;
  const { need = Math.max(...groups.map((group) => group.need)) } = step;
  return {
    afterMs: step.afterMs,
    to: step.to,
    need,
    timeoutMs: step.timeoutMs ?? (left > 0 ? left : timeoutMs),
  };
}

/** A gate as rules have it. */
type Gate = PeopleApproval | { mode: "policy" };

/**
 * What digests cover of a gate: all of it. What the short form can say is covered in that form, as ever, so that
 * approvals which are waited for stay valid when Whale itself is renewed. Where the card is shown is not covered.
 */
export function approvalIdentity({ group: _shownIn, ...gate }: Gate & { group?: string }): unknown {
  if (gate.mode !== "people") return gate;
  const { groups, escalate, mode, timeoutMs, onTimeout } = gate;
  const [group, ...others] = groups;
  const [step, ...later] = escalate;
  const plain = gate.reject === "any" && gate.reason === "never";
  if (!group || group.name !== ONLY_GROUP || others.length > 0 || later.length > 0 || !plain) return gate;
  const short = { from: group.from, need: group.need, timeoutMs, onTimeout };
  if (!step) return { mode, ...short };
  const { to, afterMs } = step;
  const usual = stepOf({ to, afterMs }, gate);
  if (step.need !== usual.need || step.timeoutMs !== usual.timeoutMs) return gate;
  return { mode, ...short, escalate: { to, afterMs } };
}

/** Whom a gate asks first, or the policy that stands for people: what rehearsals and back-tests show of it. */
export type Asked = People | { groups: readonly ApprovalGroup[] } | { policy: string };

/** Whom a gate of people asks first. */
export function askedOf({ groups }: Pick<PeopleApproval, "groups">): Exclude<Asked, { policy: string }> {
  const [group, ...others] = groups;
  return group && others.length === 0 && group.name === ONLY_GROUP ? group.from : { groups };
}

/** The place of a step among those who may decide; no group of a file is called so. */
export function stepName(index: number): string {
  return `escalate[${index}]`;
}

/** When a step with this index comes, and until when the approval then waits, counted from the asking. */
export interface StepTime {
  atMs: number;
  deadlineMs: number;
}

/**
 * When each step comes if nobody decides; null for one that never would, because the end comes first. A step comes
 * in time at the very end of the one before, and before the end of the first asking.
 */
export function stepTimes({
  timeoutMs,
  onTimeout,
  escalate,
}: Pick<PeopleApproval, "timeoutMs" | "onTimeout" | "escalate">): (StepTime | null)[] {
  let deadlineMs = timeoutMs;
  return escalate.map((step, index) => {
    const late = index === 0 ? step.afterMs >= deadlineMs : step.afterMs > deadlineMs;
    if (late && onTimeout === "reject") return null;
    const atMs = Math.min(step.afterMs, deadlineMs);
    deadlineMs = Math.max(deadlineMs, atMs + step.timeoutMs);
    return { atMs, deadlineMs };
  });
}

import { batchId, hashOf } from "../ids/index.ts";
import type { PeopleGroups } from "../people/people.ts";
import { liveCodes } from "../tasks/codes.ts";
import { holdOf } from "../tasks/hold.ts";
import type { MoveReason, RefusalReason } from "../tasks/reasons.ts";
import type { CardRecord, Task, UpdateCode } from "../tasks/task.ts";

/** A task that a batch asks about, as it was when it was put there. */
export interface BatchMember {
  id: string;
  /** The task's own card that the batch stands for. */
  cardNo: number;
  /** The binding hash that people are shown. */
  hash: string;
}

/** One card of a batch. The first asks about all; others ask one person to choose of some. */
export interface BatchCard {
  no: number;
  /**
   * `ask`: all, none, choose. `choose`: some of the members, to be ticked. `follow`: nothing, how they stand after a hold
   * that the first card can no longer tell the end of.
   */
  purpose: "ask" | "choose" | "follow";
  /** Of `choose`: whom it is for, and the members on it. */
  for?: string;
  members?: readonly string[];
  /** Of `choose`: the callback that asked for it, so that the same one asks once. */
  askedBy?: string;
  recipients: readonly string[];
  sentAtMs: number | null;
  /** Codes not yet spent, oldest first. */
  codes: readonly UpdateCode[];
  /** Since when the hold is in force that it tells of; absent where it tells of none. */
  shownHoldMs?: number;
}

/** Many tasks of one rule that are asked about by one card, because one card for each would crowd people out. */
export interface Batch {
  /** `b_` and a hash of what it is made of. */
  id: string;
  ruleId: string;
  to: PeopleGroups;
  madeAtMs: number;
  members: readonly BatchMember[];
  /** sha256 over the sorted binding hashes of its members (promise 2). */
  hash: string;
  cards: readonly BatchCard[];
  /** When its cards were ordered to be closed, because nothing was left to decide. */
  closedAtMs?: number;
}

/** A task's card that waits to be sent, by the key of its outbox item. */
export interface WaitingCard {
  key: string;
  task: Task;
  cardNo: number;
}

/** The most tasks of one batch: a document of some 300 kB. */
export const MAX_MEMBERS = 2_000;
/** The most boxes of one card (reference/wecom.md 3.6). */
export const MAX_BOXES = 20;

/**
 * Which waiting cards may share one: those of one rule as it is, that ask the same people in the same way for the first
 * time. Null for what must be asked alone: escalations, unknown starts, tasks with something to choose, and retries that
 * are not what their rule made.
 */
export function batchKey(task: Task, card: CardRecord): string | null {
  const { approval, choices = [], state, ruleId, ruleDigest, origin } = task;
  if (state !== "pending_approval" || approval.mode !== "people" || card.purpose !== "approval") return null;
  if (choices.length > 0 || card.sentAtMs !== null || card.batch !== undefined) return null;
  if (task.rerunOf || task.changed) return null;
  const asker = origin.kind === "rule" ? null : origin.by;
  return hashOf([ruleId, ruleDigest, card.to, approval, asker]);
}

/** A batch of waiting cards with one key; the same cards make the same batch. */
export function batchOf(cards: readonly [WaitingCard, ...WaitingCard[]], nowMs: number): Batch {
  const [{ task, cardNo }] = cards;
  const members = cards.map((one): BatchMember => {
    return { id: one.task.id, cardNo: one.cardNo, hash: one.task.hash };
  });
  return {
    id: batchId(cards.map(({ key }) => key).sort()),
    ruleId: task.ruleId,
    to: task.cards.find(({ no }) => no === cardNo)?.to ?? [],
    madeAtMs: nowMs,
    members,
    hash: membersHash(members),
    cards: [{ no: 1, purpose: "ask", recipients: [], sentAtMs: null, codes: [] }],
  };
}

function membersHash(members: readonly BatchMember[]): string {
  return hashOf(members.map(({ hash }) => hash).sort());
}

/** Of tasks that stops hold the one that was held last; undefined where none is held. */
export function lastHeld(tasks: readonly Task[]): Task | undefined {
  const held = tasks.filter((task) => holdOf(task));
  return held.sort((one, other) => sinceOf(other) - sinceOf(one))[0];
}

function sinceOf(task: Task): number {
  return holdOf(task)?.sinceMs ?? 0;
}

/** Since when the last of them is held. */
export function heldSinceMs(tasks: readonly Task[]): number | undefined {
  const held = lastHeld(tasks);
  return held && holdOf(held)?.sinceMs;
}

/** Whether a batch still says what its people were shown. */
export function isIntact({ members, hash }: Batch): boolean {
  return membersHash(members) === hash;
}

/** What a click on a batch's card wants of which members. */
export type BatchOrder =
  | { outcome: "decides"; verdict: "approve" | "reject"; members: readonly BatchMember[] }
  /** A card with boxes is to be sent to who clicked. */
  | { outcome: "chooses" }
  | { outcome: "refreshes" }
  | { outcome: "refused"; reason: "other_content" | "other_card" | "unknown_button" | "choice_missing" };

/**
 * The code to spend on showing a card anew: that of a click; at the end, when nothing is left to decide, that of the
 * sending too. Null when there is none.
 */
export function codeFor(
  { codes }: Pick<BatchCard, "codes">,
  nowMs: number,
  isEnd: boolean,
): UpdateCode | null {
  const live = liveCodes(codes, nowMs);
  return live.findLast(({ from }) => from === "click") ?? (isEnd ? live[0] : undefined) ?? null;
}

/** The question under which the boxes of a `choose` card come back. */
export const BOXES_KEY = "tasks";

/** How a batch's members came out of a decision: how many by what was said of them. */
export type BatchTally = ReadonlyMap<MoveReason | RefusalReason | "gone", number>;

/** Judges a click on a batch's card: which button, and which boxes were ticked on it. */
export function batchOrder(
  batch: Batch,
  { cardNo, button, ticked }: { cardNo: number; button: string; ticked: readonly string[] },
): BatchOrder {
  const card = batch.cards.find(({ no }) => no === cardNo);
  if (!card) return { outcome: "refused", reason: "other_card" };
  if (button === "refresh") return { outcome: "refreshes" };
  if (!isIntact(batch)) return { outcome: "refused", reason: "other_content" };
  if (card.purpose === "choose") return tickedOrder(batch, card, { button, ticked });
  if (button === "all") return { outcome: "decides", verdict: "approve", members: batch.members };
  if (button === "none") return { outcome: "decides", verdict: "reject", members: batch.members };
  return button === "choose" ? { outcome: "chooses" } : { outcome: "refused", reason: "unknown_button" };
}

function tickedOrder(
  batch: Batch,
  card: BatchCard,
  { button, ticked }: { button: string; ticked: readonly string[] },
): BatchOrder {
  if (button !== "chosen") return { outcome: "refused", reason: "unknown_button" };
  const members = batch.members.filter(({ id }) => ticked.includes(id) && card.members?.includes(id));
  if (members.length === 0) return { outcome: "refused", reason: "choice_missing" };
  return { outcome: "decides", verdict: "approve", members };
}

import type { AuditFact } from "../audit/entry.ts";
import type { CardView } from "../cards/card.ts";
import type { DigestLine } from "../outbox/digest.ts";
import type { Effect } from "../tasks/effects.ts";
import type { Task, TaskState } from "../tasks/task.ts";
import type { Grant, TakeRequest } from "../throttle/bucket.ts";
import type { BotPlace } from "./inbox.ts";

/**
 * Lower is sent first: an approval is never crowded out by noise. Approval and its updates, result, answer to a
 * command, notice, digest.
 */
export type Lane = 1 | 2 | 3 | 4 | 5;

export type OutboxBody =
  | Effect
  /** `bot`: it was asked with the AI bot, and is answered there; one answer alone names what it answers. */
  | { kind: "answer"; to: string; text: string; bot?: Pick<BotPlace, "chat"> & Partial<BotPlace> }
  /** A card of its own that asks its person to confirm a command; with `code`, how that card looks from now on. */
  | { kind: "confirm"; to: string; cardId: string; card: CardView; code?: string }
  /** Told to one person in their next digest. */
  | { kind: "line"; to: string; line: DigestLine }
  /** The whole output of its task, as a file. */
  | { kind: "output"; to: readonly string[] }
  /** A task's card that waits to share one with others of its batch key. */
  | { kind: "waiting_card"; task: string; cardNo: number }
  /** The card of a question that a workflow asks, and the same when it is to be shown anew. */
  | { kind: "question" | "question_update"; question: string }
  /** A text for a group of groups.yaml, about nothing that has its own kind. */
  | { kind: "group_text"; group: string; text: string }
  /** A card of a batch, and one that is to be shown anew. */
  | { kind: "batch" | "batch_update"; batch: string; cardNo: number };

/** One outgoing message, sent at least once and, by its key, recognisable when sent again. */
export interface OutboxItem {
  key: string;
  /**
   * The task it belongs to, or `@` and a userid for what waits for that person's digest, or `#` and a key for what
   * waits for one batch, or `answersTo` a person; null for none. Items of one task, digest, batch or person's answers are
   * given out in the order they were written.
   */
  taskId: string | null;
  lane: Lane;
  body: OutboxBody;
  dueAtMs: number;
}

export interface OutboxClaim extends OutboxItem {
  fence: number;
  /** How often it was claimed before: above 0, an earlier try may have reached WeCom. */
  attempts: number;
  createdAtMs: number;
  /** Its task as stored when it was given out; absent when it has none, or that is not there. */
  task?: Task;
}

/** An item that waits, for people to look at. */
export interface OutboxWaiting extends Omit<OutboxItem, "body"> {
  kind: OutboxBody["kind"];
  createdAtMs: number;
  attempts: number;
  /** Until when it is being sent by somebody; absent when nobody holds it. */
  heldUntilMs?: number;
  /** Why it was put back the last time; absent when it never was. */
  why?: string;
}

/** Why and until when an item is put back. */
export interface Postponing {
  dueAtMs: number;
  /** `false` takes the attempt back: it is proved that nothing was sent. */
  counted: boolean;
  /** For people to read. */
  why?: string;
}

/** A task that is due, held by the caller until the lease ends. */
export interface TaskClaim {
  task: Task;
  fence: number;
}

export interface Making {
  task: Task;
  outbox: readonly OutboxItem[];
  /** The token it needs; absent when the rule has no throttle. */
  take?: TakeRequest;
  /** What the audit log is told of it, in the same write; absent when nothing. */
  fact?: AuditFact;
}

export type Made =
  | { outcome: "made"; grant?: Grant }
  /** The task was made before, by the same ids. */
  | { outcome: "exists"; grant?: Grant }
  | { outcome: "throttled"; grant: Grant };

export interface Move {
  /** The task as it shall be; its revision is `expected` + 1. */
  task: Task;
  /** The revision that must be stored for the move to happen. */
  expected: number;
  outbox: readonly OutboxItem[];
  /** Fence of the mover's lease; absent for moves by clicks, which need none. */
  fence?: number;
  /** An outbox item that this move settles, in the same write. */
  settles?: { key: string; fence: number };
  /** What the audit log is told of it, in the same write; absent when nothing. */
  fact?: AuditFact;
}

export interface TaskQuery {
  states?: readonly TaskState[];
  /** Only tasks that were made of events of this incident. */
  incident?: { source: string; key: string };
  /** Only tasks made before this instant. */
  beforeMs?: number;
  limit: number;
}

/**
 * Tasks, their due times and their outgoing messages. Every write is atomic over all it names and durable
 * when it returns; only a lease may end early, when the machine of its holder loses its power.
 * A task that is given to a store or comes out of one is shared with whoever asks for it: nobody changes it.
 */
export interface TaskStore {
  /**
   * Makes a task, its first messages and the taking of its token. Asking again with the same task id gives
   * the first answer; a crash at any point never takes the token without making the task. What is stored is
   * the task with its grant (`withGrant`).
   */
  make(making: Making): Promise<Made>;
  /** Null when there is none. */
  get(id: string): Promise<Task | null>;
  /** Tasks whose id begins with `t_` + prefix, newest first. */
  findByPrefix(prefix: string, limit: number): Promise<Task[]>;
  /** Newest first. */
  list(query: TaskQuery): Promise<Task[]>;
  /** How many tasks stand in each state. */
  countByState(): Promise<Partial<Record<TaskState, number>>>;
  /** Up to `max` tasks that are due and that nobody holds, leased to `holder` with a new fencing token. */
  claimDue(holder: string, max: number, leaseMs: number): Promise<TaskClaim[]>;
  /**
   * One atomic write. `conflict`, and no change, when the stored revision is another, the fence is old or the
   * settled outbox item is no longer the caller's. A stored move ends the lease.
   */
  move(move: Move): Promise<"moved" | "conflict">;
  /** The earliest due time of a task that nobody holds; null when none waits. */
  nextDueAtMs(): Promise<number | null>;
  /**
   * Forgets tasks that have ended and were last changed before an instant, the oldest first, a few at a time so that
   * nothing else waits, and some thousand in all: asked again, it goes on. Kept is a task of which a message waits, and
   * a retry as long as the task that it is of, so that its number is never given again. Returns how many are gone.
   */
  trim(olderThanMs: number): Promise<number>;
}

/** The queue of outgoing messages. */
export interface Outbox {
  add(items: readonly OutboxItem[]): Promise<void>;
  /**
   * Up to `max` items that are due, by lane and age, leased to the caller. Whatever is killed or loses its
   * power afterwards, an item that was given out has `attempts` above 0 the next time; one that was not may
   * have it too. Of one task only its oldest open item is ever given out.
   */
  claim(max: number, leaseMs: number): Promise<OutboxClaim[]>;
  /**
   * Sent or given up; it is gone, and with it, in the same write, those of the items `behind` it that still are
   * there. False, and no change, when the fence is old.
   */
  settle(key: string, fence: number, behind?: readonly string[]): Promise<boolean>;
  /**
   * Writes others in a claimed item's place, in one atomic write; each one's key begins with its key. False, and no
   * change, when the fence is old.
   */
  replace(key: string, fence: number, items: readonly OutboxItem[]): Promise<boolean>;
  /**
   * Up to `max` items of its task, or digest, that wait behind a claimed one in the same place, oldest first; nobody
   * else is given them while the claim stands. None when the fence is old.
   */
  behind(key: string, fence: number, max: number): Promise<OutboxItem[]>;
  /** To be tried again at `dueAtMs`. False, and no change, when the fence is old. */
  postpone(key: string, fence: number, to: Postponing): Promise<boolean>;
  /** How many items wait, by kind. */
  depth(): Promise<Record<string, number>>;
  /** Up to `max` of the items that may be given out next or are held, by lane and age; of all lanes, or of one. */
  list(max: number, lane?: Lane): Promise<OutboxWaiting[]>;
  /** Of each lane that has any, when the oldest such item was written. */
  oldest(): Promise<Partial<Record<Lane, number>>>;
  nextDueAtMs(): Promise<number | null>;
}

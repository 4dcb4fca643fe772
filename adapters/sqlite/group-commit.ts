import type { Logger, Queue } from "../../core/ports/index.ts";
import type { Database } from "./database.ts";
import { closedError, groupError, jobError } from "./errors.ts";
import type { TransactionHooks } from "./key-index.ts";

/** Marks a queue, to be announced once the job is committed. */
export type Wake = (what: Queue) => void;

// Not prepared: this setting takes effect when it is compiled, so that a kept statement would do it only once.
const SYNCED = "PRAGMA synchronous = FULL";
const UNSYNCED = "PRAGMA synchronous = NORMAL";

/** Writes that arrive in one turn of the event loop share one transaction and one sync of the disk. */
export interface GroupCommit {
  /**
   * Runs the job with the group of this turn. A job that throws is undone alone, and the others run again: a
   * job changes nothing but the database.
   * Settles after the commit. When the commit fails, the whole group rejects with `store.write_failed`.
   */
  write<T>(run: (wake: Wake) => T): Promise<T>;
  /**
   * The same without a sync of the disk. It outlives the end of the process, but a power cut may undo it, then
   * with all that was written after it and not synced. For leases, which end with the process anyway, and for
   * marks of work that may be done again.
   */
  writeUnsynced<T>(run: (wake: Wake) => T): Promise<T>;
  /** Whether a write waits for its commit. */
  waits(): boolean;
  /** Commits what waits and refuses what comes later. */
  close(): void;
}

interface Job {
  synced: boolean;
  run: (wake: Wake) => unknown;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

type Outcome = { job: Job; wakes: Queue[] } & (
  | { outcome: "done"; value: unknown }
  | { outcome: "failed"; error: Error }
);

/** What the writer of a database tells, and whom. */
export interface GroupCommitParts {
  db: Database;
  log: Logger;
  /** Called after a commit, once per queue with new work. */
  announce: Wake;
  /** Hears of each transaction's ends. */
  hooks: TransactionHooks;
}

/** Makes the one writer of a database. */
export function groupCommit(parts: GroupCommitParts): GroupCommit {
  const queue = jobQueue();
  let closed = false;
  const commit = (group: readonly Job[]): void => {
    if (group.length > 0) settleGroup(group, parts);
  };
  const flush = (): void => {
    commit(queue.next());
    if (queue.waits()) setImmediate(flush);
  };
  const put = <T>(run: (wake: Wake) => T, synced: boolean): Promise<T> => {
    if (closed) return Promise.reject(closedError());
    return new Promise<T>((resolve, reject) => {
      if (!queue.waits()) setImmediate(flush);
      queue.add({ synced, run, resolve: (value) => resolve(value as T), reject });
    });
  };
  const close = (): void => {
    closed = true;
    while (queue.waits()) commit(queue.next());
  };
  const { waits } = queue;
  return { write: (run) => put(run, true), writeUnsynced: (run) => put(run, false), waits, close };
}

interface JobQueue {
  add(job: Job): void;
  waits(): boolean;
  /** Takes out the group to commit now. */
  next(): Job[];
}

/**
 * Jobs that need no sync go first, so that what they start shares the sync of the others, which wait for one
 * turn at most.
 */
function jobQueue(): JobQueue {
  let waiting: Job[] = [];
  let postponed = false;
  return {
    add: (job) => void waiting.push(job),
    waits: () => waiting.length > 0,
    next: () => {
      const quick = postponed ? [] : waiting.filter((job) => !job.synced);
      const group = quick.length > 0 ? quick : waiting;
      waiting = quick.length > 0 ? waiting.filter((job) => job.synced) : [];
      postponed = waiting.length > 0;
      return group;
    },
  };
}

function settleGroup(group: readonly Job[], parts: GroupCommitParts): void {
  const outcomes = tryGroup(group, parts);
  const woken = new Set<Queue>();
  for (const one of outcomes) {
    if (one.outcome === "failed") one.job.reject(one.error);
    else one.job.resolve(one.value);
    for (const what of one.wakes) woken.add(what);
  }
  for (const what of woken) parts.announce(what);
}

function tryGroup(group: readonly Job[], parts: GroupCommitParts): Outcome[] {
  try {
    return commitGroup(group, parts);
  } catch (cause) {
    const error = groupError(cause);
    parts.log.error(
      { code: error.code, reason: error.message, jobs: group.length },
      "store could not commit",
    );
    return group.map((job) => ({ job, wakes: [], outcome: "failed", error }));
  }
}

function commitGroup(group: readonly Job[], parts: GroupCommitParts): Outcome[] {
  // An earlier rollback may itself have failed; a transaction left open would take this group down too.
  if (parts.db.inTransaction()) endLeftOver(parts.db);
  return group.some((job) => job.synced) ? transaction(group, parts) : unsynced(group, parts);
}

function endLeftOver(db: Database): void {
  db.run("ROLLBACK");
  db.script(SYNCED);
}

function unsynced(group: readonly Job[], parts: GroupCommitParts): Outcome[] {
  const { db } = parts;
  db.script(UNSYNCED);
  try {
    return transaction(group, parts);
  } finally {
    // Not possible inside a transaction; the next group ends one that is left over, and then syncs again.
    if (!db.inTransaction()) db.script(SYNCED);
  }
}

/**
 * Savepoints cost as much as a small write, and hardly ever does a job throw. So the jobs run without them
 * first; when one throws, all is undone and they run once more, each under its own.
 */
function transaction(group: readonly Job[], parts: GroupCommitParts): Outcome[] {
  const { db, hooks } = parts;
  const outcomes = within(parts, () => runAll(db, group));
  return outcomes ?? within(parts, () => group.map((job) => runAlone(job, db, hooks))) ?? [];
}

/** Null, and nothing changed, when `work` gave null. */
function within({ db, hooks }: GroupCommitParts, work: () => Outcome[] | null): Outcome[] | null {
  db.run("BEGIN IMMEDIATE");
  try {
    const outcomes = work();
    db.run(outcomes ? "COMMIT" : "ROLLBACK");
    if (outcomes) hooks.committed();
    else hooks.undone();
    return outcomes;
  } catch (cause) {
    hooks.undone();
    if (db.inTransaction()) db.run("ROLLBACK");
    throw cause;
  }
}

function runAll(db: Database, group: readonly Job[]): Outcome[] | null {
  try {
    return group.map((job) => {
      const wakes: Queue[] = [];
      return { job, wakes, outcome: "done", value: job.run((what) => wakes.push(what)) };
    });
  } catch (cause) {
    // On a full disk SQLite may give up the whole transaction by itself: then the group has failed.
    if (!db.inTransaction()) throw cause;
    return null;
  }
}

function runAlone(job: Job, db: Database, hooks: TransactionHooks): Outcome {
  const wakes: Queue[] = [];
  const takeBack = hooks.mark();
  db.run("SAVEPOINT job");
  try {
    const value = job.run((what) => wakes.push(what));
    db.run("RELEASE job");
    return { job, wakes, outcome: "done", value };
  } catch (cause) {
    if (!db.inTransaction()) throw cause;
    db.run("ROLLBACK TO job");
    db.run("RELEASE job");
    takeBack();
    return { job, wakes: [], outcome: "failed", error: jobError(cause) };
  }
}

import { TRANSFER_VERSION } from "./record.ts";
import type { StoreStanding } from "./standing.ts";

/** What is known before a transfer. */
export interface TransferFacts {
  source: StoreStanding;
  target: StoreStanding;
  targetEmpty: boolean;
  /** Processes that are seen at work on either side. */
  holders: readonly string[];
  /** Allowed to go on although processes are seen. */
  evenIfRunning: boolean;
  /** Allowed to delete what an earlier transfer left in the target. */
  replace: boolean;
}

/** What a transfer begins with. */
export type TransferPlan =
  | { outcome: "begin"; reason: "target_empty" | "target_replaced" }
  /** The records are copied from the target's progress on. */
  | { outcome: "resume"; reason: "interrupted"; transferId: string }
  /** The target is in force already; only the source is still to be marked. */
  | { outcome: "finish"; reason: "interrupted_at_the_end"; transferId: string }
  | { outcome: "done"; reason: "moved_before" }
  | { outcome: "refused"; reason: TransferRefusal };

export type TransferRefusal =
  | "processes_at_work"
  | "source_moved_before"
  | "source_unfinished"
  | "target_in_use"
  | "target_left_over";

/** Decides what a transfer begins with. Two stores are never in force together. */
export function planTransfer(facts: TransferFacts): TransferPlan {
  const { source, target } = facts;
  const done = whatIsDone(source, target);
  if (done) return done;
  if (source.state === "arriving") return refused("source_unfinished");
  if (source.state === "left") return refused("source_moved_before");
  if (facts.holders.length > 0 && !facts.evenIfRunning) return refused("processes_at_work");
  if (isSame(source, target) && target.state === "arriving" && target.version === TRANSFER_VERSION) {
    return { outcome: "resume", reason: "interrupted", transferId: target.transferId };
  }
  return fresh(facts);
}

function whatIsDone(source: StoreStanding, target: StoreStanding): TransferPlan | null {
  if (target.state !== "in_force" || !isSame(source, target)) return null;
  if (source.state === "left") return { outcome: "done", reason: "moved_before" };
  if (source.state !== "leaving") return null;
  return { outcome: "finish", reason: "interrupted_at_the_end", transferId: source.transferId };
}

function isSame(source: StoreStanding, target: StoreStanding): boolean {
  return source.transferId !== null && source.transferId === target.transferId;
}

function fresh({ target, targetEmpty, replace }: TransferFacts): TransferPlan {
  if (target.state === "in_force") {
    return targetEmpty ? { outcome: "begin", reason: "target_empty" } : refused("target_in_use");
  }
  return replace ? { outcome: "begin", reason: "target_replaced" } : refused("target_left_over");
}

function refused(reason: TransferRefusal): TransferPlan {
  return { outcome: "refused", reason };
}

/** What giving a transfer up does. */
export type CancelPlan =
  | { outcome: "cancel"; reason: "not_finished" | "moved_and_taken_back" }
  | { outcome: "refused"; reason: "no_transfer" | "other_target" | "processes_at_work" };

/**
 * Decides whether a source may be in force again. A target that is in force by the same transfer is first made
 * unusable, so that there are never two.
 */
export function planCancel(
  facts: Pick<TransferFacts, "source" | "target" | "holders" | "evenIfRunning">,
): CancelPlan {
  const { source, target, holders, evenIfRunning } = facts;
  if (source.state !== "leaving" && source.state !== "left") {
    return { outcome: "refused", reason: "no_transfer" };
  }
  if (source.state === "left" && !isSame(source, target)) {
    return { outcome: "refused", reason: "other_target" };
  }
  if (holders.length > 0 && !evenIfRunning) return { outcome: "refused", reason: "processes_at_work" };
  const moved = isSame(source, target) && target.state === "in_force";
  return { outcome: "cancel", reason: moved ? "moved_and_taken_back" : "not_finished" };
}

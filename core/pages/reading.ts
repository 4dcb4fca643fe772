import { asker } from "../approvals/index.ts";
import { type Actor, authorise, type Denial, type Entitlement, objectOfTask } from "../people/index.ts";
import type { Task } from "../tasks/index.ts";

/** Why somebody may read a task. */
export type ReaderReason = "approver" | "asker" | "asked" | "audience" | "role";

/** `standing`: no active member, whatever else they are. */
export type Reading =
  | { outcome: "allowed"; reason: ReaderReason }
  | { outcome: "denied"; reason: "standing"; standing: "inactive" | "unknown_person" }
  | { outcome: "denied"; reason: "no_right"; denial: Denial };

/** Somebody who wants to read a task, looked up at this moment. */
export interface Reader {
  /** In lower case. */
  userId: string;
  /** Whether they may decide about it, in their own place or another's. */
  entitlement: Entitlement;
  /** Whether they are among those who hear how it ends. */
  isAudience: boolean;
  actor: Actor;
}

/**
 * Whether somebody may read all of a task: who decides about it, who asked for it, who got its card, who hears how it
 * ends, and whose role says so. Who is no active member reads nothing.
 */
export function readingOf(task: Task, { userId, entitlement, isAudience, actor }: Reader): Reading {
  const { outcome } = entitlement;
  if (outcome === "inactive" || outcome === "unknown_person") {
    return { outcome: "denied", reason: "standing", standing: outcome };
  }
  if (outcome === "entitled") return { outcome: "allowed", reason: "approver" };
  if (asker(task) === userId) return { outcome: "allowed", reason: "asker" };
  if (wasAsked(task, userId)) return { outcome: "allowed", reason: "asked" };
  if (isAudience) return { outcome: "allowed", reason: "audience" };
  const decision = authorise(actor, "tasks.read", objectOfTask(task));
  if (decision.outcome === "allowed") return { outcome: "allowed", reason: "role" };
  return { outcome: "denied", reason: "no_right", denial: decision };
}

function wasAsked({ cards, decisions }: Task, userId: string): boolean {
  return cards.some((card) => card.recipients.includes(userId)) || decisions.some(({ by }) => by === userId);
}

import { deciders } from "../../core/approvals/index.ts";
import { type MessageViewing, replyText } from "../../core/cards/index.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { Directory, TaskStore } from "../../core/ports/index.ts";
import { isTerminal, type StepResult } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import type { Advancer } from "../workers/advance.ts";
import type { Viewer } from "../workers/viewing.ts";
import { findTask } from "./find-task.ts";
import { standingOf } from "./standing.ts";

export interface ChatReasonDeps {
  tasks: Pick<TaskStore, "findByPrefix">;
  directory: Pick<Directory, "vouch">;
  delegations: Pick<DelegationKeeper, "standsFor">;
  advancer: Pick<Advancer, "advance">;
  view: Viewer;
}

export interface ReasonGiven {
  /** What stands behind the command: a task's id and the reason. */
  text: string;
  userId: string;
  /** The message's own key, by which it counts once. */
  key: string;
}

/** Carries out `reason TASK TEXT`: what its person clicked before counts from now on, with the reason. */
export async function answerReason(
  { text, userId, key }: ReasonGiven,
  viewing: MessageViewing,
  { tasks, advancer, view, ...standing }: ChatReasonDeps,
): Promise<string> {
  const [typed = "", ...words] = text.split(" ");
  const found = await findTask(typed.normalize("NFKC").toLowerCase(), viewing, tasks);
  if (found.outcome === "answered") return found.text;
  const by = normaliseUserId(userId);
  // Looked up anew: who may no longer decide when the reason comes decides nothing.
  const now = await standingOf(by, deciders(found.task), standing);
  const given = { kind: "reason" as const, by, ...now, text: words.join(" "), key };
  const result = await advancer.advance(found.task, given);
  return replyText(result.task, aboutOf(result, key), await view(result.task));
}

function aboutOf({ outcome, reason, task }: StepResult, key: string): Parameters<typeof replyText>[1] {
  if (outcome === "moved") {
    if (reason === "approved_by_person") return "approval_counted";
    return reason === "rejection_counted" ? "rejection_counted" : "reason_taken";
  }
  // The same message again, because its answer was lost.
  if (task.seenClicks.includes(key)) return "reason_taken";
  return reason === "not_in_this_state" && isTerminal(task.state) ? "already_decided" : reason;
}

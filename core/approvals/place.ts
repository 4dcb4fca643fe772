import type { Click } from "../tasks/inputs.ts";
import type { Decision, Task } from "../tasks/task.ts";
import { validDecisions } from "./quorum.ts";

/** In whose place a person approves, or why they may not. */
export type Place =
  | { outcome: "own" }
  | { outcome: "delegate"; onBehalfOf: string }
  | { outcome: "refused"; reason: "own_request" | "already_counted" | "place_counted" };

/**
 * Whose approval a click would be. Each person counts once, as themselves or in another's place, and each place
 * counts once: who delegated and who stands in are one approval. What somebody asked for they cannot approve, nor can
 * anybody in their place.
 */
export function placeOf(task: Task, { by, standsFor }: Pick<Click, "by" | "standsFor">): Place {
  const asker = task.origin.kind === "rule" ? null : task.origin.by;
  if (by === asker) return { outcome: "refused", reason: "own_request" };
  const counted = approvals(task);
  if (counted.some((one) => one.by === by)) return { outcome: "refused", reason: "already_counted" };
  const isFree = (person: string) => counted.every((one) => one.by !== person && one.onBehalfOf !== person);
  if (!standsFor) return isFree(by) ? { outcome: "own" } : { outcome: "refused", reason: "place_counted" };
  const others = standsFor.filter((person) => person !== asker && person !== by);
  const [onBehalfOf] = others.filter(isFree);
  if (onBehalfOf !== undefined) return { outcome: "delegate", onBehalfOf };
  return { outcome: "refused", reason: others.length > 0 ? "place_counted" : "own_request" };
}

/** The approvals that count now, the first of each person, in the order they were made. */
export function approvals(task: Task): Decision[] {
  const seen = new Set<string>();
  return validDecisions(task).filter(({ verdict, by }) => {
    const first = verdict === "approve" && !seen.has(by);
    if (first) seen.add(by);
    return first;
  });
}

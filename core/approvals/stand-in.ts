import type { Click } from "../tasks/inputs.ts";
import type { Decision } from "../tasks/task.ts";
import { approvedHash } from "./choices.ts";
import { asker, type Ballot, stillNeeded, type Vote, votes } from "./quorum.ts";

/** As whom somebody decides: for these groups, and in the place of an absent person where they name one. */
export type Decider = Pick<Decision, "by" | "onBehalfOf" | "groups">;

/** As whom a click decides, or why it would not count. */
export type Deciding =
  | { outcome: "counts"; decider: Decider }
  | { outcome: "refused"; reason: "own_request" | "place_counted" | "already_counted" };

/**
 * Each person counts once, as themselves or in another's place, and each place counts once: who delegated and who
 * stands in are one vote. What somebody asked for neither they approve nor anybody in their place.
 */
export function decidingAs(
  task: Ballot,
  { by, entitlement, standsFor }: Pick<Click, "by" | "entitlement" | "standsFor">,
  verdict: Decision["verdict"],
): Deciding {
  if (verdict === "approve" && by === asker(task)) return refused("own_request");
  const groups = entitlement.outcome === "entitled" ? entitlement.groups : [];
  const own = { by, groups };
  const fault = (place: string) => (endsIt(task, verdict) ? null : placeFault(task, by, place));
  if (!standsFor) return fault(by) ?? counts(own);
  const barred = verdict === "approve" ? asker(task) : null;
  const others = standsFor.filter(({ person }) => person !== by && person !== barred);
  const ways = others.map(({ person, groups: theirs }): Deciding => {
    return fault(person) ?? counts({ by, onBehalfOf: person, groups: theirs });
  });
  const free = ways.flatMap((way) => (way.outcome === "counts" ? [way.decider] : []));
  const decider = verdict === "approve" ? mostNeeded(task, free) : free[0];
  return decider ? counts(decider) : (ways[0] ?? refused("own_request"));
}

/** Of several places the one that brings the approval furthest; of equals the first. */
function mostNeeded(task: Ballot, ways: readonly Decider[]): Decider | undefined {
  const { round } = task;
  const hash = approvedHash(task.hash, task);
  const left = ways.map((way) => {
    const made: Decision = { ...way, verdict: "approve", hash, round, atMs: 0, clickKey: "" };
    return stillNeeded({ ...task, decisions: [...task.decisions, made] });
  });
  return ways[left.indexOf(Math.min(...left))];
}

/** Where one no is enough it takes nobody's place. */
function endsIt({ approval }: Ballot, verdict: Decision["verdict"]): boolean {
  return verdict === "reject" && approval.mode === "people" && approval.reject === "any";
}

/** Why this person cannot decide in this place; null when nobody else has, and they have in no other. */
function placeFault(task: Ballot, by: string, place: string): Deciding | null {
  for (const vote of votes(task)) {
    if (vote.by === by) {
      if (placeOf(vote) !== place) return refused("already_counted");
    } else if ([by, place].includes(placeOf(vote)) || vote.by === place) {
      return refused("place_counted");
    }
  }
  return null;
}

function placeOf({ by, onBehalfOf }: Pick<Vote, "by" | "onBehalfOf">): string {
  return onBehalfOf ?? by;
}

function counts(decider: Decider): Deciding {
  return { outcome: "counts", decider };
}

function refused(reason: Extract<Deciding, { outcome: "refused" }>["reason"]): Deciding {
  return { outcome: "refused", reason };
}

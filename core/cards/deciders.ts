import { hasRejection, type Vote, votes } from "../approvals/quorum.ts";
import { personNamed } from "../people/actor.ts";
import type { Task } from "../tasks/index.ts";
import { shorten } from "./shorten.ts";
import type { Viewing } from "./viewing.ts";

/** Cards have little room; messages tell reasons whole. */
const REASON_CHARACTERS = 24;

/** Who decided, or which policy stood for them; empty when nobody did. So much of each reason is told. */
export function decidedBy(
  task: Task,
  viewing: Pick<Viewing, "texts" | "nameOf">,
  reasonCharacters = REASON_CHARACTERS,
): string {
  const { texts } = viewing;
  if (task.approval.mode === "policy") return texts.byPolicy(task.approval.policy.id);
  const naming = { ...viewing, reasonCharacters };
  if (hasRejection(task)) return texts.rejectedBy(namesOf(task, "reject", naming));
  const names = namesOf(task, "approve", naming);
  return names ? texts.approvedBy(names) : "";
}

/** Who decided so, each with the reason that they gave. */
export function namesOf(
  task: Task,
  verdict: Vote["verdict"],
  {
    reasonCharacters = REASON_CHARACTERS,
    ...viewing
  }: Pick<Viewing, "texts" | "nameOf"> & { reasonCharacters?: number },
): string {
  const given = votes(task).filter((vote) => vote.verdict === verdict);
  const named = given.map((vote) => {
    const name = deciderName(vote, viewing);
    return vote.reason ? viewing.texts.joins.aside(name, shorten(vote.reason, reasonCharacters)) : name;
  });
  return named.join(" ");
}

/** Who did something, as people read it: `by` is as actors are named. */
export function actorText(by: string, { texts, nameOf }: Pick<Viewing, "texts" | "nameOf">): string {
  const person = personNamed(by);
  if (person !== null) return nameOf(person);
  return by === "local" ? texts.cards.machine : by;
}

/** Who decided and, where that was in another's place, in whose. */
export function deciderName(
  { by, onBehalfOf }: { by: string; onBehalfOf?: string },
  { texts, nameOf }: Pick<Viewing, "texts" | "nameOf">,
): string {
  return onBehalfOf === undefined
    ? nameOf(by)
    : texts.onBehalf({ name: nameOf(by), absent: nameOf(onBehalfOf) });
}

import type { Delegation } from "../../core/delegations/index.ts";
import { type Actor, authorise, type Right } from "../../core/people/index.ts";

/** Whether somebody may give a delegation of this person: one's own alone, for it hands on what one may decide. */
export function mayGiveFor(actor: Actor, from: string): boolean {
  return actor.kind === "local" || actor.userId === from;
}

/** Whether somebody may see a delegation: those whom it is about, and whoever has the right. */
export function maySee(actor: Actor, delegation: Delegation): boolean {
  return isAbout(actor, delegation) || has(actor, "delegations.read");
}

/** Whether somebody may end one. Nobody gains by it, so that the right is enough where it is not one's own. */
export function mayEnd(actor: Actor, delegation: Delegation): boolean {
  return isAbout(actor, delegation) || has(actor, "delegations.write");
}

function isAbout(actor: Actor, { from, to }: Delegation): boolean {
  return actor.kind === "user" && [from, to].includes(actor.userId);
}

function has(actor: Actor, right: Right): boolean {
  return authorise(actor, right, {}).outcome === "allowed";
}

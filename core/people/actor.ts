import type { Right } from "./rights.ts";
import type { Role } from "./role.ts";

/** What the directory says against a person: no active member, or none at all. */
export type Standing = "inactive" | "unknown_person";

/** The roles that a person holds, as far as that is known at this moment. */
export interface RolesHeld {
  roles: readonly Role[];
  /** Roles of which the directory could not say whether the person holds them; they count as not held. */
  unsure: readonly Role[];
  /** Null also when no role made it necessary to ask. */
  against: Standing | null;
}

/** A person with a userid. */
export interface UserActor extends RolesHeld {
  kind: "user";
  /** In lower case. */
  userId: string;
  /** The token that the person came by, which limits what the roles grant. */
  token?: { id: string; rights: readonly Right[] };
}

/** Whoever may read the data folder of the machine that Whale runs on: holds every right. */
export interface LocalActor {
  kind: "local";
}

/** Somebody who asks for something, with all that decides what they may. */
export type Actor = UserActor | LocalActor;

/** How logs and records name somebody: `user:zhangsan`, or `local`. */
export function actorName(actor: Actor): string {
  return actor.kind === "local" ? "local" : `user:${actor.userId}`;
}

/** The userid of the person whom `actorName` named; null when it is no person's. */
export function personNamed(name: string): string | null {
  return name.startsWith("user:") ? name.slice("user:".length) : null;
}

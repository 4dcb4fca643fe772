import type { Actor, UserActor } from "./actor.ts";
import { type DenialReason, type DenialWords, denialWords } from "./denials.ts";
import type { Right } from "./rights.ts";
import { type AccessObject, type Reach, type Role, reaches } from "./role.ts";

export type Authorisation =
  /** `by` is the name of the role, or `local`. */
  { outcome: "allowed"; reason: "role" | "local"; by: string } | Denial;

export interface Denial {
  outcome: "denied";
  reason: DenialReason;
  message: DenialWords;
}

/**
 * Whether somebody has a right on an object; `{}` is what has neither type nor business, such as the audit as a
 * whole. `"some"` asks whether there is any object on which they may have it, before it is known which: each
 * object must then be asked for, or the list be kept to `scopeOf`. What no role grants is denied.
 */
export function authorise(actor: Actor, right: Right, object: AccessObject | "some"): Authorisation {
  if (actor.kind === "local") return { outcome: "allowed", reason: "local", by: "local" };
  const granting = grantingRoles(actor, right);
  const role = granting.find((one) => isOn(one, object));
  if (role) return { outcome: "allowed", reason: "role", by: role.name };
  const unsure = actor.unsure.filter((one) => grants(one, right) && isOn(one, object));
  const reason = denialReason(actor, right, { granting, unsure });
  const roles = unsure.map(({ name }) => name);
  return { outcome: "denied", reason, message: denialWords(reason, { right, roles }) };
}

/** What somebody may have a right on. */
export type Scope =
  | { kind: "everything" }
  | { kind: "nothing" }
  /** An object is in scope when it lies in at least one of these. */
  | { kind: "limited"; anyOf: readonly Reach[] };

/** What a list or a search must be kept to: an object is in scope exactly when `authorise` allows it. */
export function scopeOf(actor: Actor, right: Right): Scope {
  if (actor.kind === "local") return { kind: "everything" };
  const granting = grantingRoles(actor, right);
  if (granting.length === 0) return { kind: "nothing" };
  const anyOf = granting.flatMap(({ on }) => (isBounded(on) ? [on] : []));
  return anyOf.length < granting.length ? { kind: "everything" } : { kind: "limited", anyOf };
}

/** Whether an object is in scope. */
export function inScope(scope: Scope, object: AccessObject): boolean {
  switch (scope.kind) {
    case "everything":
      return true;
    case "nothing":
      return false;
    case "limited":
      return scope.anyOf.some((reach) => reaches(reach, object));
    default:
      return scope satisfies never;
  }
}

function isBounded(on: Reach | undefined): on is Reach {
  return on !== undefined && Object.values(on).some((listed) => listed !== undefined);
}

/** The roles that grant a right on an object: whose holders may do it, whoever asks. */
export function rolesGranting(
  roles: readonly Role[],
  right: Right,
  object: AccessObject | "some",
): readonly Role[] {
  return roles.filter((role) => grants(role, right) && isOn(role, object));
}

function isOn({ on }: Role, object: AccessObject | "some"): boolean {
  return object === "some" || reaches(on, object);
}

function grants({ rights }: Role, right: Right): boolean {
  return rights.includes(right);
}

/** A token's rights are a limit, so that they are asked for before the roles. */
function grantingRoles({ against, token, roles }: UserActor, right: Right): readonly Role[] {
  if (against === "inactive" || (token && !token.rights.includes(right))) return [];
  return roles.filter((role) => grants(role, right));
}

function denialReason(
  { against, token }: UserActor,
  right: Right,
  { granting, unsure }: { granting: readonly Role[]; unsure: readonly Role[] },
): DenialReason {
  if (against === "inactive") return "inactive";
  if (token && !token.rights.includes(right)) return "token_lacks_right";
  if (unsure.length > 0) return "directory_unavailable";
  if (granting.length > 0) return "outside_scope";
  return against === "unknown_person" ? "unknown_person" : "no_role";
}

import type { PeopleGroups } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { Click } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";

export interface StandingDeps {
  directory: Pick<Directory, "vouch">;
  delegations: Pick<DelegationKeeper, "standsFor">;
}

/**
 * Whether a person may decide for one of the groups at this moment: as themselves, else in the place of those who
 * delegated to them and may. Who is no active member may not in any place.
 */
export async function standingOf(
  userId: string,
  groups: PeopleGroups,
  { directory, delegations }: StandingDeps,
): Promise<Pick<Click, "entitlement" | "standsFor">> {
  const own = await directory.vouch(userId, groups);
  if (own !== "not_entitled" && own !== "duty_unknown") return { entitlement: own };
  const absent = await delegations.standsFor(userId);
  const vouched = await Promise.all(absent.map((person) => directory.vouch(person, groups)));
  const standsFor = absent.filter((_, at) => vouched[at] === "entitled");
  if (standsFor.length > 0) return { entitlement: "entitled", standsFor };
  return { entitlement: vouched.includes("duty_unknown") ? "duty_unknown" : own };
}

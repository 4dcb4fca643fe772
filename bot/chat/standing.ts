import type { Deciders } from "../../core/approvals/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { Absent, Click } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import { entitlementOf } from "../people.ts";

export interface StandingDeps {
  directory: Pick<Directory, "vouch">;
  delegations: Pick<DelegationKeeper, "standsFor">;
}

/**
 * As whom a person may decide at this moment: as themselves, else in the place of those who delegated to them and
 * may. Who is no active member may not in any place.
 */
export async function standingOf(
  userId: string,
  among: readonly Deciders[],
  { directory, delegations }: StandingDeps,
): Promise<Pick<Click, "entitlement" | "standsFor">> {
  const own = await entitlementOf(userId, among, directory);
  if (own.outcome !== "not_entitled" && own.outcome !== "duty_unknown") return { entitlement: own };
  const absent = await delegations.standsFor(userId);
  const vouched = await Promise.all(absent.map((person) => entitlementOf(person, among, directory)));
  const standsFor = absent.flatMap((person, at): Absent[] => {
    const found = vouched[at];
    return found?.outcome === "entitled" ? [{ person, groups: found.groups }] : [];
  });
  if (standsFor.length > 0) return { entitlement: { outcome: "entitled", groups: [] }, standsFor };
  const isUnknown = vouched.some(({ outcome }) => outcome === "duty_unknown");
  return { entitlement: isUnknown ? { outcome: "duty_unknown" } : own };
}

import { type Deciders, deciders } from "../../core/approvals/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import type { Absent, Click, Task } from "../../core/tasks/index.ts";
import type { DelegationKeeper } from "../delegations/index.ts";
import { entitlementOf } from "../people.ts";

export interface StandingDeps {
  directory: Pick<Directory, "vouch">;
  delegations: Pick<DelegationKeeper, "standsFor">;
}

/** As whom a person may decide. */
export type Standing = Pick<Click, "entitlement" | "standsFor">;

/**
 * As whom a person may decide at this moment: as themselves, else in the place of those who delegated to them and
 * may. Who is no active member may not in any place.
 */
export async function standingOf(
  userId: string,
  among: readonly Deciders[],
  { directory, delegations }: StandingDeps,
): Promise<Standing> {
  const own = await entitlementOf(userId, among, directory);
  if (own.outcome === "entitled" || own.outcome === "inactive" || own.outcome === "unknown_person")
    return { entitlement: own };
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

/** The same for many tasks: people are looked up once for each way of asking, which those of one rule share. */
export function standings(userId: string, deps: StandingDeps): (task: Task) => Promise<Standing> {
  const known = new Map<string, Promise<Standing>>();
  return (task) => {
    const among = deciders(task);
    const key = JSON.stringify(among);
    const found = known.get(key) ?? standingOf(userId, among, deps);
    known.set(key, found);
    return found;
  };
}

import { allowedClusters, type Cluster } from "../../core/clusters/index.ts";
import { type AccessObject, authorise, type Role, rolesGranting } from "../../core/people/index.ts";
import type { Directory } from "../../core/ports/index.ts";
import { grantRuleId, type RunGrant, type RunWords } from "../../core/runs/index.ts";
import { entitlementOf, type RoleFinder } from "../people.ts";
import { deniedWords, goneWords, notNamedWords } from "./words.ts";

export interface RunAccessDeps {
  directory: Pick<Directory, "vouch">;
  rolesOf: RoleFinder;
  inForce: () => { roles: readonly Role[]; clusters: readonly Cluster[] };
}

/**
 * Why a person may not ask for what a grant lets people run, looked up at this moment; null when they may. Throws when
 * the directory cannot say now who is named by a grant, not when it never will.
 */
export async function runDenial(by: string, grant: RunGrant, deps: RunAccessDeps): Promise<RunWords | null> {
  if (by === "local") return null;
  if (grant.by) {
    const { outcome } = await entitlementOf(by, [{ name: grant.id, people: grant.by }], deps.directory);
    if (outcome === "group_gone") return goneWords(grant);
    return outcome === "entitled" ? null : notNamedWords(grant);
  }
  const { roles, clusters } = deps.inForce();
  const object = objectOf(grant, clusters);
  const actor = { kind: "user" as const, userId: by, ...(await deps.rolesOf(by, { fresh: true })) };
  const decision = authorise(actor, "tasks.run", object);
  if (decision.outcome === "allowed") return null;
  const granting = rolesGranting(roles, "tasks.run", object);
  const admins = rolesGranting(roles, "config.reload", "some");
  return deniedWords(grant, decision, { granting, admins });
}

/** What `tasks.run` is asked on. */
function objectOf({ id, business }: RunGrant, clusters: readonly Cluster[]): AccessObject {
  return { business, rule: grantRuleId(id), clusters: allowedClusters(clusters, business) };
}

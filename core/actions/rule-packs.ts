import { joinedNeeds, type PackLookup, type PackNeed, packFault } from "../clusters/pack-need.ts";
import { possibleRoutes, type Routing } from "../clusters/route.ts";
import type { Rule } from "../rules/rule.ts";

/** Packs that the tasks of a rule need, by one way in which they may be routed. */
export interface RulePacks {
  rule: string;
  /** Null where no route takes the tasks. */
  route: string | null;
  /** The clusters on which they may run, sorted. */
  clusters: readonly string[];
  needs: readonly PackNeed[];
}

/** What rules and their routes need of packs, each way once; ways that need nothing are left out. */
export function packsNeeded(rules: readonly Rule[], routing: Routing): RulePacks[] {
  return rules.flatMap((rule) => {
    const { business, action, on } = rule;
    const ways = on.flatMap((type) => possibleRoutes(routing, { business, action, event: { type } }));
    const once = new Map(ways.map((way) => [way.route, way]));
    return [...once.values()].flatMap(({ route, clusters, packs }) => {
      const needs = joinedNeeds(rule.packs, packs);
      return needs && clusters.length > 0 ? [{ rule: rule.id, route, clusters, needs }] : [];
    });
  });
}

/**
 * What each cluster lacks of what tasks need, such as `a: disk 1.2.0 (>=1.4)`; null while one of them meets it, or is
 * not known not to.
 */
export function packLack({ clusters, needs }: RulePacks, lookup: PackLookup): string[] | null {
  const faults = clusters.map((cluster) => ({ cluster, fault: packFault(needs, cluster, lookup) }));
  const lacks = faults.flatMap(({ cluster, fault }) => {
    return fault?.reason === "lacks_pack" ? [`${cluster}: ${fault.found}`] : [];
  });
  return lacks.length === clusters.length ? lacks : null;
}

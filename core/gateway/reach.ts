import type { Cluster } from "../clusters/index.ts";
import { type AccessObject, inScope, type Scope } from "../people/index.ts";

/** What of a cluster decides who may see it. */
export type SeenCluster = Pick<Cluster, "name" | "businesses" | "priority">;

/**
 * How much of a cluster lies in a scope: all of it, only what belongs to tasks in scope, or nothing. A cluster that
 * serves some businesses alone belongs to whoever may see each of them.
 */
export function viewOf(scope: Scope, { name, businesses }: SeenCluster): "all" | "tasks" | "nothing" {
  const parts: AccessObject[] = businesses.map((business) => ({ business, clusters: [name] }));
  if (parts.length === 0) parts.push({ clusters: [name] });
  if (parts.every((part) => inScope(scope, part))) return "all";
  return scope.kind === "limited" && mayShowTasks(scope, { name, businesses }) ? "tasks" : "nothing";
}

/** Whether some task on the cluster could be in scope, whatever its rule. */
function mayShowTasks(
  { anyOf }: Extract<Scope, { kind: "limited" }>,
  { name, businesses }: Pick<SeenCluster, "name" | "businesses">,
): boolean {
  return anyOf.some((reach) => {
    // No task has an event type as an object has it, so that a bound on types shows none.
    if (reach.types !== undefined) return false;
    const free = { ...reach, rules: undefined };
    const served: AccessObject[] = businesses.map((business) => ({ business, clusters: [name] }));
    if (businesses.length > 0) {
      return served.some((object) => inScope({ kind: "limited", anyOf: [bounded(free)] }, object));
    }
    const anywhere = bounded({ ...free, businesses: undefined });
    return inScope({ kind: "limited", anyOf: [anywhere] }, { clusters: [name] });
  });
}

type Bounds = { [Key in "types" | "businesses" | "rules" | "clusters"]?: readonly string[] | undefined };

function bounded(bounds: Bounds): { businesses?: readonly string[]; clusters?: readonly string[] } {
  const { businesses, clusters } = bounds;
  return { ...(businesses ? { businesses } : {}), ...(clusters ? { clusters } : {}) };
}

/** In the order in which they are asked: priority, then name. */
export function byPriority<C extends SeenCluster>(clusters: readonly C[]): C[] {
  return [...clusters].sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
}

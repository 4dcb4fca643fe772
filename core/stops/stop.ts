/** What a stop is for: everything, or what runs on one cluster, by one rule or for one business. */
export type StopScope = { of: "everything" } | { of: "cluster" | "rule" | "business"; name: string };

/** A person's order that nothing new of a scope starts, in force until it is lifted. */
export interface Stop {
  scope: StopScope;
  /** Who ordered it, as actors are named: `user:<userid>` or `local`. */
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  /** What a person reads. */
  why: string;
}

/** The name of a scope's stop. Each scope has one: who stops it a second time sees who did so first. */
export function stopName(scope: StopScope): string {
  return scope.of === "everything" ? scope.of : `${scope.of}:${scope.name}`;
}

/** What a stop is asked about: a task, and the cluster that it would start on. */
export interface Starting {
  task: { business: string; ruleId: string };
  /** Null where none is known yet: then no stop of a cluster holds. */
  cluster: string | null;
}

/** The stop that holds a start; null when none does. */
export function heldBy(stops: readonly Stop[], { task, cluster }: Starting): Stop | null {
  return stops.find(({ scope }) => holds(scope, task, cluster)) ?? null;
}

function holds(scope: StopScope, task: Starting["task"], cluster: string | null): boolean {
  switch (scope.of) {
    case "everything":
      return true;
    case "cluster":
      return scope.name === cluster;
    case "rule":
      return scope.name === task.ruleId;
    case "business":
      return scope.name === task.business;
    default:
      return scope satisfies never;
  }
}

/** A task as far as stops decide whether it stays held. */
export interface HeldTask {
  business: string;
  ruleId: string;
  clusters: readonly string[];
  /** What held it when it was last looked at. */
  hold?: { stop: Pick<Stop, "scope"> };
}

/** Whether the stop that holds a task is still in force, or others hold it wherever it could start. */
export function isHeld(stops: readonly Stop[], task: HeldTask): boolean {
  const { hold, clusters } = task;
  if (hold && stops.some(({ scope }) => stopName(scope) === stopName(hold.stop.scope))) return true;
  if (heldBy(stops, { task, cluster: null })) return true;
  return clusters.length > 0 && clusters.every((cluster) => heldBy(stops, { task, cluster }));
}

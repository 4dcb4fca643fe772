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

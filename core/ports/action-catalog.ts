import type { ActionSchema } from "../actions/action-schema.ts";

/** What is known after asking a cluster for an action. */
export type ActionReading =
  | { outcome: "known"; schema: ActionSchema }
  /** The cluster has no action of that name. */
  | { outcome: "absent" }
  | { outcome: "unreachable"; message: string };

/** The actions that clusters have. */
export interface ActionCatalog {
  /** What a cluster says of an action now, the parameters of its runner included. Never throws. */
  readAction(cluster: string, action: string): Promise<ActionReading>;
}

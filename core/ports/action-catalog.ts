import type { ActionSchema } from "../actions/action-schema.ts";
import type { ClusterActions } from "../catalogue/catalogue.ts";

/** What is known after asking a cluster for an action. */
export type ActionReading =
  | { outcome: "known"; schema: ActionSchema }
  /** The cluster has no action of that name. */
  | { outcome: "absent" }
  | { outcome: "unreachable"; message: string };

/** What is known after asking a cluster for a pack. */
export type PackReading =
  /** Its version as the pack tells it, empty where it tells none. */
  | { outcome: "known"; version: string }
  /** The cluster has no pack of that name. */
  | { outcome: "absent" }
  | { outcome: "unreachable"; message?: string };

/** The packs that clusters have. */
export interface PackVersions {
  /** Which version of a pack a cluster has now. Never throws. */
  readPack(cluster: string, pack: string): Promise<PackReading>;
}

/** The actions that clusters have. */
export interface ActionCatalog {
  /** What a cluster says of an action now, the parameters of its runner included. Never throws. */
  readAction(cluster: string, action: string): Promise<ActionReading>;
}

/** What is known after asking a cluster for all its actions. */
export type ActionListing =
  | ({ outcome: "known" } & ClusterActions)
  | { outcome: "unreachable"; cluster: string; message: string };

/** All actions that clusters have. */
export interface ActionLists {
  /** What a cluster has now, 10,000 actions at most, with the versions of its packs where it tells them. Never throws. */
  listActions(cluster: string): Promise<ActionListing>;
}

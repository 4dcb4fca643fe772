import type { ClusterWords } from "./words.ts";

/** How a cluster stands: `draining` is asked for by a person, the others are seen. */
export const CLUSTER_STATES = ["up", "degraded", "draining", "down", "unknown"] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

/** What is known of a cluster at this moment. */
export interface ClusterSight {
  /** `unknown` until it was looked at for the first time. */
  state: ClusterState;
  /** When it came into this state, in milliseconds. */
  sinceMs: number;
  /** What is wrong with it, where anything is; of one that is drained too. */
  ill?: ClusterWords;
  /** The version it told last. */
  version?: string;
  /** Executions that Whale started there and that are not over. */
  open: number;
}

/** The clusters by name; one that is not there was not looked at yet. */
export type ClusterSights = ReadonlyMap<string, ClusterSight>;

import type { Strategy } from "../releases/pack-set.ts";
import type { Role } from "../releases/parts.ts";

/** One part of a cluster as it runs. */
export interface LivePart {
  role: Role;
  /** What the target calls it: a deployment, a group of hosts. */
  workload: string;
  /** The image in the place that a release changes. */
  image: string;
  /** The release that set it, as it is marked there; null when none did. */
  release: string | null;
  /** Parts run by this many workers, as ordered. */
  replicas: number;
}

export type SetOutcome =
  /** It is so now, or was so already; `before` is what stood there just before this was asked. */
  | { outcome: "set"; before: string }
  /** Somebody else changes it at the same time; asking again is safe. */
  | { outcome: "conflict"; message: string }
  /** It will not be so however often it is asked: no right, no such place, an image it does not take. */
  | { outcome: "refused"; message: string }
  /** Not known whether it is so. Asking again is safe. */
  | { outcome: "open"; message: string };

export type RolloutState =
  | { outcome: "rolling"; ready: number; wanted: number; problems: readonly string[] }
  | { outcome: "done"; replicas: number }
  /** It has given up by its own deadline, or can never succeed. */
  | { outcome: "failed"; message: string; problems: readonly string[] }
  | { outcome: "open"; message: string };

/** Where the parts of clusters run: Kubernetes, or plain hosts. All orders may be repeated; none throws. */
export interface Rollouts {
  /**
   * What runs now, by parts in the order of `ROLES`; those that a cluster does not have are left out, and one that is
   * made of several workloads is told once for each. Throws when it cannot be read.
   */
  read(cluster: string, strategy: Strategy): Promise<LivePart[]>;
  /** Sets one part's image, marked with the release. Nothing but that place and that mark is changed. */
  set(order: {
    cluster: string;
    strategy: Strategy;
    role: Role;
    image: string;
    release: string;
    /** Only says whether it would be taken. */
    dryRun?: boolean;
  }): Promise<SetOutcome>;
  /**
   * How far the last order of a part has come. To be asked again and again: where nobody else goes on by itself, this is
   * what goes on with it. `image` and `release` say what was ordered; targets that remember no orders need them after a
   * restart, and say `open` without.
   */
  state(order: { cluster: string; role: Role; image?: string; release?: string }): Promise<RolloutState>;
}

import { createHostRollouts } from "../adapters/hosts/index.ts";
import { createKubernetesRollouts } from "../adapters/kubernetes/index.ts";
import { createPackRegistry, type StackStormPacks } from "../adapters/stackstorm/index.ts";
import type { Cluster, Deploy } from "../core/clusters/index.ts";
import { ChatOpsError } from "../core/errors.ts";
import { hashOf } from "../core/ids/index.ts";
import type { Clock, Executor, Ids, Logger, Metrics, Rollouts } from "../core/ports/index.ts";

/** What roll-outs are made of. */
export interface RolloutParts {
  /** As they are configured now. */
  clusters: () => readonly Cluster[];
  /** Runs the actions that change plain hosts. */
  executor: Pick<Executor, "start" | "find" | "get">;
  clock: Clock;
  ids: Ids;
  log: Logger;
  metrics: Metrics;
}

export interface ClusterRollouts extends Rollouts {
  close(): void;
}

/**
 * Roll-outs over all clusters, by what their `deploy` says at each call. One without it can be neither read nor set. Where
 * that is changed, calls under way by the one before fail, which may be repeated.
 */
export function rolloutsOver(parts: RolloutParts): ClusterRollouts {
  const places = new Map<string, Place>();
  const at = (name: string): Rollouts | null => {
    const cluster = parts.clusters().find((one) => one.name === name);
    const key = hashOf({ deploy: cluster?.deploy ?? null, allow: cluster?.allow ?? [] });
    const known = places.get(name);
    if (known?.key === key) return known.rollouts;
    known?.close();
    places.delete(name);
    if (!cluster?.deploy) return null;
    const made = { key, ...placeOf({ ...cluster, deploy: cluster.deploy }, parts) };
    places.set(name, made);
    return made.rollouts;
  };
  return {
    read: async (cluster, strategy) => {
      const target = at(cluster);
      if (!target) throw noDeploy(cluster);
      return target.read(cluster, strategy);
    },
    set: async (order) => {
      const target = at(order.cluster);
      return target ? target.set(order) : { outcome: "refused", message: noDeploy(order.cluster).message };
    },
    state: async (order) => {
      const target = at(order.cluster);
      return target ? target.state(order) : { outcome: "open", message: noDeploy(order.cluster).message };
    },
    close: () => {
      for (const place of places.values()) place.close();
    },
  };
}

/** Roll-outs of one cluster, and what its `deploy` was when they were made. */
interface Place {
  key: string;
  rollouts: Rollouts;
  close(): void;
}

function placeOf(
  { name, deploy, allow }: Cluster & { deploy: Deploy },
  { executor, clock, ids, log, metrics }: RolloutParts,
): Omit<Place, "key"> {
  if (deploy.kind === "hosts") {
    const rollouts = createHostRollouts({ clusters: [{ name, deploy }], executor, clock, ids, log });
    return { rollouts, close: () => undefined };
  }
  const cluster = { name, deploy, ...(allow ? { allow } : {}) };
  const rollouts = createKubernetesRollouts({ clusters: [cluster], log, metrics });
  return { rollouts, close: rollouts.close };
}

/** What all clusters know of packs. */
export function packRegistryOver({
  clusters,
  clock,
  log,
  metrics,
}: Pick<RolloutParts, "clock" | "log" | "metrics"> & { clusters: readonly Cluster[] }): StackStormPacks {
  return createPackRegistry({ clusters, clock, log, metrics });
}

function noDeploy(cluster: string): ChatOpsError {
  const message = `cluster ${cluster} has no deploy: nothing can be released to it`;
  return new ChatOpsError(message, { code: "rollouts.no_deploy", reached: "no" });
}

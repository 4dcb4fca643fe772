import { createHostRollouts, type HostsCluster } from "../adapters/hosts/index.ts";
import { createKubernetesRollouts, type KubernetesCluster } from "../adapters/kubernetes/index.ts";
import { createPackRegistry, type StackStormPacks } from "../adapters/stackstorm/index.ts";
import type { Cluster } from "../core/clusters/index.ts";
import { ChatOpsError } from "../core/errors.ts";
import type { Clock, Executor, Ids, Logger, Metrics, Rollouts } from "../core/ports/index.ts";

/** What roll-outs are made of. */
export interface RolloutParts {
  clusters: readonly Cluster[];
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

/** Roll-outs over all clusters, by what their `deploy` says. One without it can be neither read nor set. */
export function rolloutsOver(parts: RolloutParts): ClusterRollouts {
  const { clusters, executor, clock, ids, log, metrics } = parts;
  const kubernetes = createKubernetesRollouts({ clusters: clusters.flatMap(inKubernetes), log, metrics });
  const hosts = createHostRollouts({ clusters: clusters.flatMap(onHosts), executor, clock, ids, log });
  const targets = new Map(
    clusters.flatMap(({ name, deploy }): [string, Rollouts][] => {
      return deploy ? [[name, deploy.kind === "kubernetes" ? kubernetes : hosts]] : [];
    }),
  );
  return {
    read: async (cluster, strategy) => {
      const target = targets.get(cluster);
      if (!target) throw noDeploy(cluster);
      return target.read(cluster, strategy);
    },
    set: async (order) => {
      const target = targets.get(order.cluster);
      return target ? target.set(order) : { outcome: "refused", message: noDeploy(order.cluster).message };
    },
    state: async (order) => {
      const target = targets.get(order.cluster);
      return target ? target.state(order) : { outcome: "open", message: noDeploy(order.cluster).message };
    },
    close: kubernetes.close,
  };
}

/** What all clusters know of packs. */
export function packRegistryOver({ clusters, clock, log, metrics }: RolloutParts): StackStormPacks {
  return createPackRegistry({ clusters, clock, log, metrics });
}

function inKubernetes({ name, deploy, allow }: Cluster): KubernetesCluster[] {
  return deploy?.kind === "kubernetes" ? [{ name, deploy, ...(allow ? { allow } : {}) }] : [];
}

function onHosts({ name, deploy }: Cluster): HostsCluster[] {
  return deploy?.kind === "hosts" ? [{ name, deploy }] : [];
}

function noDeploy(cluster: string): ChatOpsError {
  const message = `cluster ${cluster} has no deploy: nothing can be released to it`;
  return new ChatOpsError(message, { code: "rollouts.no_deploy", reached: "no" });
}

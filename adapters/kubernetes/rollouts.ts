import type { Workload } from "../../core/clusters/index.ts";
import type { LivePart, Logger, Metrics, RolloutState, Rollouts } from "../../core/ports/index.ts";
import { ROLES, type Role, type Strategy } from "../../core/releases/index.ts";
import { type Client, type ClientParts, createClient } from "./client.ts";
import { type KubernetesCluster, type KubernetesOptions, readOptions } from "./config.ts";
import { readError, unknownCluster } from "./errors.ts";
import { markOf, placeIn } from "./place.ts";
import { neverComesUp, podProblems } from "./pod-problems.ts";
import { progressOf, together } from "./progress.ts";
import { type Order, setImage } from "./set-image.ts";
import { readDeployment, readPods } from "./workload.ts";

/** What it is made of. */
export interface KubernetesParts {
  clusters: readonly KubernetesCluster[];
  log: Logger;
  metrics: Metrics;
  options?: Partial<KubernetesOptions>;
}

export interface KubernetesRollouts extends Rollouts {
  /** Closes its connections; calls under way fail. */
  close(): void;
}

interface Site {
  client: Client;
  deploy: KubernetesCluster["deploy"];
}

/**
 * Roll-outs in Kubernetes. Nothing is sent, and Kubernetes' client not loaded, before the first call. Throws
 * `kubernetes.bad_config` on an option that cannot be.
 */
export function createKubernetesRollouts({
  clusters,
  options,
  ...rest
}: KubernetesParts): KubernetesRollouts {
  const parts: ClientParts = { ...rest, options: readOptions(options) };
  const sites = new Map(
    clusters.map((one) => [one.name, { client: createClient(one, parts), deploy: one.deploy }]),
  );
  return {
    read: async (cluster, strategy) => {
      const site = sites.get(cluster);
      if (!site) throw unknownCluster(cluster);
      return readParts(site, strategy);
    },
    set: async ({ cluster, ...order }) => {
      const site = sites.get(cluster);
      if (!site) return { outcome: "refused", message: unknownCluster(cluster).message };
      return setPart(site, order, parts.log);
    },
    state: async ({ cluster, role }) => {
      const site = sites.get(cluster);
      if (!site) return { outcome: "open", message: unknownCluster(cluster).message };
      return stateOf(site, role);
    },
    close: () => {
      for (const { client } of sites.values()) client.close();
    },
  };
}

/**
 * The workloads of a part that a strategy changes. A workers' image is no image of other services: these are changed
 * with it only where the configuration names them.
 */
function workloadsOf({ deploy }: Site, role: Role, strategy: Strategy): readonly Workload[] {
  const all = deploy.workloads[role];
  return strategy === "packs-image" || role === "workers" ? all : all.filter(({ named }) => named);
}

/** Whether it may be missing: the chart has parts that an installation can do without. */
function mayBeMissing(role: Role, { named }: Workload): boolean {
  return role !== "workers" && !named;
}

async function readParts(site: Site, strategy: Strategy): Promise<LivePart[]> {
  const parts: LivePart[] = [];
  for (const role of ROLES) {
    for (const workload of workloadsOf(site, role, strategy)) {
      const part = await readPart(site, { role, workload, strategy });
      if (part) parts.push(part);
    }
  }
  return parts;
}

interface Looked {
  role: Role;
  workload: Workload;
  strategy: Strategy;
}

async function readPart(
  { client, deploy }: Site,
  { role, workload, strategy }: Looked,
): Promise<LivePart | null> {
  const reading = await readDeployment(client, workload.name);
  if (reading.outcome === "absent" && mayBeMissing(role, workload)) return null;
  if (reading.outcome !== "read") throw readError(client.cluster, reading);
  const { deployment } = reading;
  const at = placeIn(deployment, { workload, strategy, initContainer: deploy.initContainer });
  if (at.outcome === "absent" && mayBeMissing(role, workload)) return null;
  if (at.outcome !== "found") throw readError(client.cluster, { outcome: "refused", message: at.message });
  return {
    ...{ role, workload: workload.name, image: at.place.image },
    release: markOf(deployment),
    replicas: deployment.spec.replicas ?? 1,
  };
}

/** All workloads of a part, one after the other; the first that is not as ordered is told. */
async function setPart(
  site: Site,
  { role, ...order }: { role: Role } & Omit<Order, "workload" | "initContainer">,
  log: Logger,
): ReturnType<Rollouts["set"]> {
  const { client, deploy } = site;
  const workloads = workloadsOf(site, role, order.strategy);
  let before: string | null = null;
  for (const workload of workloads) {
    const outcome = await setImage(client, { ...order, workload, initContainer: deploy.initContainer });
    const { release, image, dryRun = false } = order;
    const fields = { cluster: client.cluster, workload: workload.name, release, image, dryRun };
    log.info({ ...fields, outcome: outcome.outcome }, "roll-out ordered");
    if (outcome.outcome !== "set") return outcome;
    before ??= outcome.before;
  }
  if (before !== null) return { outcome: "set", before };
  return { outcome: "refused", message: `the cluster ${client.cluster} has no ${role} to release to` };
}

async function stateOf(site: Site, role: Role): Promise<RolloutState> {
  const states: RolloutState[] = [];
  for (const workload of site.deploy.workloads[role]) {
    const state = await workloadState(site.client, role, workload);
    if (state) states.push(state);
  }
  return together(states);
}

async function workloadState(client: Client, role: Role, workload: Workload): Promise<RolloutState | null> {
  const reading = await readDeployment(client, workload.name);
  if (reading.outcome === "absent" && mayBeMissing(role, workload)) return null;
  if (reading.outcome === "absent") return { ...reading, outcome: "failed", problems: [] };
  if (reading.outcome !== "read") return { outcome: "open", message: reading.message };
  const { deployment } = reading;
  const seen = await readPods(client, deployment);
  // What moves is told without them; why it does not is what they are for.
  if (seen.outcome !== "read") return withoutPods(progressOf(deployment, []), seen.message);
  const mark = markOf(deployment);
  const problems = podProblems(seen.pods, mark);
  if (neverComesUp(seen.pods, mark)) {
    return { outcome: "failed", message: `${workload.name}: its pods can never run`, problems };
  }
  return progressOf(deployment, problems);
}

function withoutPods(state: RolloutState, why: string): RolloutState {
  if (state.outcome !== "rolling" && state.outcome !== "failed") return state;
  return { ...state, problems: [...state.problems, `pods cannot be looked at: ${why}`] };
}

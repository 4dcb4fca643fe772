import type { Role } from "../releases/parts.ts";

/** One workload that needs the packs' files, and the places in it that a release may change. */
export interface Workload {
  /** Name of the deployment. */
  name: string;
  /** The container that runs the service. */
  container: string;
  /** Whether the configuration names it. One that is only supposed by the chart's habits may be missing. */
  named: boolean;
}

/** Workers that run in Kubernetes, as the chart `stackstorm-ha` lays them out (reference/stackstorm.md section 13). */
export interface KubernetesDeploy {
  kind: "kubernetes";
  /** Address of the API server. */
  api: string;
  namespace: string;
  /** The token itself, or a file that holds it and is read anew for each call: its content may change. */
  token: { text: string } | { file: string };
  /** File with the certificates to trust in place of the system's. */
  caFile?: string;
  /** The init container that brings the packs; absent: the one that the chart made, found by its name. */
  initContainer?: string;
  workloads: Readonly<Record<Role, readonly Workload[]>>;
}

/** Workers on plain hosts: actions do there what a release asks for. */
export interface HostsDeploy {
  kind: "hosts";
  /** By part; those without hosts are not this cluster's. */
  hosts: Readonly<Record<Role, readonly string[]>>;
  /** Brings an image to one host; is given `host`, `image` and `release`. */
  action: string;
  /** Tells what one host runs; is given `host`, its result holds `image` and `release`. */
  stateAction: string;
  /** The cluster that runs both; the one that is released to when absent. */
  via?: string;
  /** How many hosts change at the same time. */
  atOnce: number;
  /** How long one host may take, in milliseconds. */
  timeoutMs: number;
}

/** How new packs reach the workers of a cluster. */
export type Deploy = KubernetesDeploy | HostsDeploy;

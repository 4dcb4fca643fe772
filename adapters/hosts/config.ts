import type { HostsDeploy } from "../../core/clusters/index.ts";
import type { Role } from "../../core/releases/index.ts";

/** How hosts are asked. Every field has a default. */
export interface HostsOptions {
  /** How long to wait for what one host runs, in milliseconds. Default 60 000. */
  lookTimeoutMs: number;
  /** Pause between two looks at an execution, in milliseconds. Default 500. */
  pollMs: number;
  /** How long a start that may have gone through is looked for before it counts as not started. Default 300 000. */
  unknownMs: number;
}

export const HOSTS_DEFAULTS: HostsOptions = { lookTimeoutMs: 60_000, pollMs: 500, unknownMs: 300_000 };

/** One cluster's place. */
export interface HostsCluster {
  name: string;
  deploy: HostsDeploy;
}

/** What was asked of the hosts of one part. */
export interface Order {
  cluster: string;
  role: Role;
  image: string;
  release: string;
}

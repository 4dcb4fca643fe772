import type { KubernetesDeploy } from "../../core/clusters/index.ts";
import { ChatOpsError } from "../../core/errors.ts";

/** How API servers are called. Every field has a default. */
export interface KubernetesOptions {
  /** How long one call may take, in milliseconds. Default 15 000. */
  requestTimeoutMs: number;
  /** Answers above this many bytes are refused. Default 16 000 000. */
  maxResponseBytes: number;
  /** How many pods of one deployment are looked at for troubles. Default 200. */
  maxPods: number;
}

export const KUBERNETES_DEFAULTS: KubernetesOptions = {
  requestTimeoutMs: 15_000,
  maxResponseBytes: 16_000_000,
  maxPods: 200,
};

/** One cluster's place. */
export interface KubernetesCluster {
  name: string;
  deploy: KubernetesDeploy;
  /** Addresses and networks that its address may lead to though they are refused otherwise. */
  allow?: readonly string[];
}

/** Fills in the defaults. Throws `kubernetes.bad_config`, naming field and value, on a bad number. */
export function readOptions(given: Partial<KubernetesOptions> = {}): KubernetesOptions {
  const options = { ...KUBERNETES_DEFAULTS, ...given };
  for (const [field, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    const message = `Kubernetes client: ${field} is ${String(value)} but must be a whole number above 0`;
    throw new ChatOpsError(message, { code: "kubernetes.bad_config", reached: "no" });
  }
  return options;
}

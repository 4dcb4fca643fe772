export { KUBERNETES_DEFAULTS, type KubernetesCluster, type KubernetesOptions } from "./config.ts";
export { RELEASE_MARK } from "./place.ts";
export { createKubernetesRollouts, type KubernetesParts, type KubernetesRollouts } from "./rollouts.ts";

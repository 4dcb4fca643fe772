export { HOSTS_DEFAULTS, type HostsCluster, type HostsOptions } from "./config.ts";
export { createHostRollouts, type HostsParts } from "./rollouts.ts";

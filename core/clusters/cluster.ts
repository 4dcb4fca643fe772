/** One StackStorm installation as the configuration names it. */
export interface Cluster {
  name: string;
  /** Base of st2api, for example `https://st2.hz.example/api`. */
  api: string;
  /** Base of st2auth; derived from `api` when absent. */
  authUrl?: string;
  /** Base of st2stream; derived from `api` when absent. */
  streamUrl?: string;
  auth: { kind: "apiKey"; apiKey: string } | { kind: "password"; user: string; password: string };
  zone?: string;
  /** Businesses it serves; empty serves all. */
  businesses: readonly string[];
  /** Higher is asked first. */
  priority: number;
  /** How often an action without effect is run there, to prove that actions run; absent: never by itself. */
  canary?: { everyMs: number; withinMs: number };
}

/** Names of the clusters that may run a business's tasks, sorted. */
export function allowedClusters(clusters: readonly Cluster[], business: string): string[] {
  const allowed = clusters.filter((c) => c.businesses.length === 0 || c.businesses.includes(business));
  return allowed.map((c) => c.name).sort();
}

export type ClusterChoice =
  | { outcome: "chosen"; cluster: string; reason: "highest_priority" }
  | { outcome: "none"; reason: "no_allowed_cluster" };

/** Chooses from the allowed set at the moment of starting: highest priority, then the name. */
export function chooseCluster(clusters: readonly Cluster[], allowed: readonly string[]): ClusterChoice {
  const candidates = clusters.filter((c) => allowed.includes(c.name));
  candidates.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  const first = candidates[0];
  return first
    ? { outcome: "chosen", cluster: first.name, reason: "highest_priority" }
    : { outcome: "none", reason: "no_allowed_cluster" };
}

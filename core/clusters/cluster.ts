import type { Deploy } from "./deploy.ts";

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
  /** What routes select it by, beside its zone. */
  labels?: Readonly<Record<string, string>>;
  /** Businesses it serves; empty serves all. Nothing else widens that. */
  businesses: readonly string[];
  /** Higher is asked first. */
  priority: number;
  /** How often an action without effect is run there, to prove that actions run; absent: never by itself. */
  canary?: { everyMs: number; withinMs: number };
  /** Its share among clusters of the same priority; 1 when absent. */
  weight?: number;
  /** How many executions that Whale started may be open there at once; no bound when absent. */
  capacity?: number;
  /** Addresses and networks that its own addresses may lead to though they are refused otherwise. */
  allow?: readonly string[];
  /** The group of groups.yaml that hears of its upgrades and is asked about them; absent: none. */
  report?: { group: string };
  /** How new packs reach its workers; absent: nothing is released to it. */
  deploy?: Deploy;
}

/** Whether a cluster serves a business at all. */
export function admits({ businesses }: Pick<Cluster, "businesses">, business: string): boolean {
  return businesses.length === 0 || businesses.includes(business);
}

/** Names of the clusters that serve a business, sorted; which of them a task may run on is said by `routed`. */
export function allowedClusters(
  clusters: readonly Pick<Cluster, "name" | "businesses">[],
  business: string,
): string[] {
  return namesOf(clusters.filter((cluster) => admits(cluster, business)));
}

/** The names of clusters, sorted. */
export function namesOf(clusters: readonly Pick<Cluster, "name">[]): string[] {
  return clusters.map(({ name }) => name).sort();
}

/** The groups that some of the clusters report to, each once. */
export function reportGroups(
  clusters: readonly Pick<Cluster, "name" | "report">[],
  names: readonly string[],
): string[] {
  const reports = clusters.flatMap(({ name, report }) =>
    names.includes(name) && report ? report.group : [],
  );
  return [...new Set(reports)];
}

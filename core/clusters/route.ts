import { patternTest } from "../windows/pattern.ts";
import { admits, allowedClusters, type Cluster, namesOf } from "./cluster.ts";
import type { PackNeed } from "./pack-need.ts";

export const ISOLATIONS = ["strict", "soft"] as const;
/** `strict` never leaves the clusters of its route; `soft` may when none of them is usable. */
export type Isolation = (typeof ISOLATIONS)[number];

/** A cluster by its name, or every cluster that has all of these labels. */
export type Selector = string | Readonly<Record<string, string>>;

/** Which tasks a route takes: they fit each list that is there. `*` in a list stands for any characters. */
export interface RouteMatch {
  businesses?: readonly string[];
  actions?: readonly string[];
  /** Types of the event. */
  types?: readonly string[];
  /** Severities of the event. */
  severities?: readonly string[];
  /** Labels of the event, each with what it may be. */
  labels?: Readonly<Record<string, readonly string[]>>;
}

/** Where some tasks go. */
export interface Route {
  name: string;
  when: RouteMatch;
  /** A cluster that fits one of these belongs to the route. */
  to: readonly Selector[];
  isolation: Isolation;
  /** What its tasks need of packs; nothing when absent. */
  packs?: readonly PackNeed[];
}

/** What decides where tasks may run: the first route that takes a task; where none does, its business alone. */
export interface Routing {
  clusters: readonly Pick<Cluster, "name" | "businesses" | "zone" | "labels">[];
  routes?: readonly Route[];
}

/** What is known of work that is to be routed. What is left out is not known; `event: null` says that there is none. */
export interface Work {
  business: string;
  action?: string;
  event?: { type?: string; severity?: string; labels?: Readonly<Record<string, string>> } | null;
}

/** Where work may run. */
export interface Routed {
  /** The route that took it; null when none did. */
  route: string | null;
  /** The whole allowed set, sorted: what an approval is bound to. */
  clusters: string[];
  /** Those among them, sorted, that serve only while none of the others is usable. */
  reserve: string[];
  /** What the route needs of packs; absent when nothing. */
  packs?: readonly PackNeed[];
}

/** The clusters that work may run on. A route chooses among those that serve the business and never adds to them. */
export function routed(routing: Routing, work: Work): Routed {
  const { clusters, routes = [] } = routing;
  const route = routes.find((one) => takes(one, work) === "yes");
  if (!route) return { route: null, clusters: allowedClusters(clusters, work.business), reserve: [] };
  return routedBy(route, clusters, work.business);
}

/** All clusters that work may come to run on, whatever is not known of it yet; sorted. */
export function possibleClusters(routing: Routing, work: Work): string[] {
  return [...new Set(possibleRoutes(routing, work).flatMap(({ clusters }) => clusters))].sort();
}

/** All ways that work may come to be routed, whatever is not known of it yet. */
export function possibleRoutes(routing: Routing, work: Work): Routed[] {
  const { clusters, routes = [] } = routing;
  const possible: Routed[] = [];
  for (const route of routes) {
    const fit = takes(route, work);
    if (fit === "no") continue;
    possible.push(routedBy(route, clusters, work.business));
    if (fit === "yes") return possible;
  }
  return [...possible, { route: null, clusters: allowedClusters(clusters, work.business), reserve: [] }];
}

function routedBy(route: Route, clusters: Routing["clusters"], business: string): Routed {
  const { name, packs } = route;
  return { route: name, ...setsOf(route, clusters, business), ...(packs ? { packs } : {}) };
}

function setsOf(
  { to, isolation }: Pick<Route, "to" | "isolation">,
  clusters: Routing["clusters"],
  business: string,
): Pick<Routed, "clusters" | "reserve"> {
  const serving = clusters.filter((cluster) => admits(cluster, business));
  const own = serving.filter((cluster) => isSelected(to, cluster));
  if (isolation === "strict") return { clusters: namesOf(own), reserve: [] };
  const reserve = namesOf(serving.filter((cluster) => !own.includes(cluster)));
  return { clusters: namesOf(serving), reserve };
}

/** Whether a cluster fits one of some selectors. Its zone counts as the label `zone`. */
export function isSelected(to: readonly Selector[], cluster: Routing["clusters"][number]): boolean {
  const labels: Record<string, string | undefined> = { ...cluster.labels, zone: cluster.zone };
  return to.some((selector) => {
    if (typeof selector === "string") return selector === cluster.name;
    return Object.entries(selector).every(([key, value]) => labels[key] === value);
  });
}

type Fit = "yes" | "no" | "maybe";

/** Whether a route takes work; `maybe` where that hangs on what is not known of it. */
export function takes({ when }: Pick<Route, "when">, { business, action, event }: Work): Fit {
  const { labels } = when;
  const tests = [
    oneOf(when.businesses, business),
    oneOf(when.actions, action),
    oneOf(when.types, event === null ? null : event?.type),
    oneOf(when.severities, event === null ? null : event?.severity),
    ...Object.entries(labels ?? {}).map(([key, allowed]) => {
      if (event === null || event === undefined) return oneOf(allowed, event);
      return oneOf(allowed, event.labels && (event.labels[key] ?? null));
    }),
  ];
  if (tests.includes("no")) return "no";
  return tests.includes("maybe") ? "maybe" : "yes";
}

function oneOf(allowed: readonly string[] | undefined, value: string | null | undefined): Fit {
  if (allowed === undefined) return "yes";
  if (value === undefined) return "maybe";
  return value !== null && patternTest(allowed)(value) ? "yes" : "no";
}

/**
 * The earlier route that leaves a later one nothing to take; undefined when none surely does. Only lists are compared:
 * what two routes together take away is not seen.
 */
export function shadowing(routes: readonly Route[], at: number): Route | undefined {
  const later = routes[at];
  return later && routes.slice(0, at).find((earlier) => covers(earlier.when, later.when));
}

function covers(wide: RouteMatch, narrow: RouteMatch): boolean {
  const lists = (["businesses", "actions", "types", "severities"] as const).every((key) => {
    return includesAll(wide[key], narrow[key]);
  });
  return (
    lists && Object.entries(wide.labels ?? {}).every(([key, list]) => includesAll(list, narrow.labels?.[key]))
  );
}

function includesAll(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined) return true;
  // A pattern of the narrower list is covered by one that fits it as a text: each `*` in it stands for itself there.
  return narrow?.every(patternTest(wide)) ?? false;
}

import type { ActionParameter } from "../actions/index.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import { type ActionUse, usesByAction } from "../releases/index.ts";

/** An action as a cluster lists it, with its own parameters: those of its runner are not among them. */
export interface ListedAction {
  /** `pack.name`. */
  ref: string;
  pack: string;
  about: string;
  runner: string;
  enabled: boolean;
  parameters: ReadonlyMap<string, ActionParameter>;
  /** The same as the cluster declares them. */
  declared: JsonObject;
}

/** What one cluster has. */
export interface ClusterActions {
  cluster: string;
  actions: readonly ListedAction[];
  /** Versions of packs by their refs; a pack that is not in it has none that is known. */
  versions: ReadonlyMap<string, string>;
}

/** One action over all clusters. */
export interface CatalogueEntry extends Omit<ListedAction, "enabled" | "declared"> {
  /** Where it is, by the cluster's name. */
  places: { cluster: string; version: string | null; enabled: boolean }[];
  /** Parameters that are not the same wherever it is. */
  differing: string[];
  /** What of the configuration names it. */
  uses: ActionUse[];
}

/** All actions of these clusters, by ref. What the first of them says of one stands for all, differences are named. */
export function catalogueOf(
  clusters: readonly ClusterActions[],
  uses: readonly ActionUse[],
): CatalogueEntry[] {
  const usesOf = usesByAction(uses);
  const found = new Map<string, CatalogueEntry>();
  for (const { cluster, actions, versions } of clusters) {
    for (const { enabled, declared: _declared, ...action } of actions) {
      const place = { cluster, version: versions.get(action.pack) ?? null, enabled };
      const entry = found.get(action.ref);
      if (!entry) {
        found.set(action.ref, {
          ...{ ...action, places: [place], differing: [], uses: usesOf(action.ref) },
        });
        continue;
      }
      entry.places.push(place);
      const more = differences(entry.parameters, action.parameters);
      entry.differing = [...new Set([...entry.differing, ...more])].sort();
    }
  }
  return [...found.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

type Parameters = ListedAction["parameters"];

function differences(one: Parameters, other: Parameters): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => said(one.get(name)) !== said(other.get(name)));
}

/** Words about a parameter may differ: what it takes may not. */
function said(parameter: ActionParameter | undefined): string {
  if (!parameter) return "";
  const { about: _about, ...rest } = parameter;
  return hashOf(rest);
}

import type { ActionParameter } from "../actions/index.ts";
import { hashOf, type JsonObject } from "../ids/index.ts";
import type { Policy } from "../policies/index.ts";
import type { Rule } from "../rules/index.ts";
import { actionFits, type RunGrant } from "../runs/index.ts";

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

/** Where an action is named in the configuration. */
export interface ActionUse {
  kind: "rule" | "offer" | "run" | "policy";
  /** The id of the rule, grant or policy; of an offer `rule/offer`. */
  name: string;
  /** Of the rule or grant; a policy belongs to none. */
  business?: string;
  /** The rule that it is or belongs to. */
  rule?: string;
}

/** One action over all clusters. */
export interface CatalogueEntry extends Omit<ListedAction, "enabled" | "declared"> {
  /** Where it is, by the cluster's name. */
  places: { cluster: string; version: string | null; enabled: boolean }[];
  /** Parameters that are not the same wherever it is. */
  differing: string[];
  uses: ActionUse[];
}

/** The configuration as far as it names actions. */
export interface ActionUsers {
  rules: readonly Rule[];
  grants: readonly RunGrant[];
  policies: readonly Policy[];
}

/** Where an action is named: by rules, their offers, runs by hand and policies. */
export function usesOf(action: string, { rules, grants, policies }: ActionUsers): ActionUse[] {
  return [
    ...rules.flatMap((rule) => usesInRule(action, rule)),
    ...grants
      .filter(({ actions }) => actions.some((pattern) => actionFits(pattern, action)))
      .map(({ id, business }): ActionUse => ({ kind: "run", name: id, business })),
    ...policies
      .filter(({ actions }) => actions.includes(action))
      .map(({ id }): ActionUse => ({ kind: "policy", name: id })),
  ];
}

function usesInRule(action: string, { id, business, action: own, offers }: Rule): ActionUse[] {
  const offered = offers.filter((offer) => offer.action === action);
  const at = { business, rule: id };
  return [
    ...(own === action ? [{ kind: "rule" as const, name: id, ...at }] : []),
    ...offered.map((offer) => ({ kind: "offer" as const, name: `${id}/${offer.id}`, ...at })),
  ];
}

/** All actions of these clusters, by ref. What the first of them says of one stands for all, differences are named. */
export function catalogueOf(clusters: readonly ClusterActions[], users: ActionUsers): CatalogueEntry[] {
  const found = new Map<string, CatalogueEntry>();
  for (const { cluster, actions, versions } of clusters) {
    for (const { enabled, declared: _declared, ...action } of actions) {
      const place = { cluster, version: versions.get(action.pack) ?? null, enabled };
      const entry = found.get(action.ref);
      if (!entry) {
        found.set(action.ref, {
          ...{ ...action, places: [place], differing: [], uses: usesOf(action.ref, users) },
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

import type { PackNeed, Route, RouteMatch, Selector } from "../../core/clusters/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import type { RoutingFile } from "./routing-schema.ts";

/** A checked routing.yaml. */
export function readRoutes({ routes }: RoutingFile): Route[] {
  return routes.map(({ name, when = {}, to, isolation = "strict", packs }) => ({
    ...{ name, isolation },
    when: when as RouteMatch,
    to: selectorsOf(to),
    ...needsOf(packs),
  }));
}

/** What `packs` of a rule or a route asks for; nothing where it is not there. */
export function needsOf(packs: Readonly<Record<string, string>> | undefined): { packs?: PackNeed[] } {
  if (packs === undefined) return {};
  return { packs: Object.entries(packs).map(([pack, range]) => ({ pack, range })) };
}

/** The selectors among some values. */
export function selectorsOf(values: readonly unknown[]): Selector[] {
  return values.map(selectorOf).filter((selector) => selector !== null);
}

/** A cluster's name, or labels; null for anything else. */
export function selectorOf(value: unknown): Selector | null {
  if (typeof value === "string") return value === "" ? null : value;
  if (!isJsonObject(value)) return null;
  const labels = Object.entries(value);
  const isPlain = labels.length > 0 && labels.every(([, text]) => typeof text === "string" && text !== "");
  return isPlain ? (value as Record<string, string>) : null;
}

import type { Cluster } from "../core/clusters/index.ts";
import type { ActionLists, Ids, Metrics, PackRegistry } from "../core/ports/index.ts";
import { packsLeft, planLines, planRelease } from "../core/releases/index.ts";
import type { PackSources } from "./http/index.ts";
import { usesIn } from "./in-force.ts";
import type { Builds } from "./releases/builds/index.ts";
import { termsFinder } from "./releases/index.ts";
import { type BuildParts, buildsOver } from "./wire-builds.ts";
import { packsOnOver } from "./wire-packs.ts";
import { type ReleaseDesk, type ReleaseParts, type ReleaseTarget, releasesOver } from "./wire-release.ts";
import { packRegistryOver, rolloutsOver } from "./wire-releases.ts";

export interface PackParts extends ReleaseParts, Omit<BuildParts, "registry"> {
  clusters: readonly Cluster[];
  lists: ActionLists;
  ids: Ids;
  metrics: Metrics;
}

/** Everything about packs: builds of their sets, and releases to clusters that say how packs reach their workers. */
export interface PackDesk {
  builds: Builds;
  packs: PackSources;
  releases: ReleaseDesk;
  closePacks(): void;
}

/** `target` stands for the real clusters where it is given. */
export function packDeskOver(parts: PackParts, target?: ReleaseTarget): PackDesk {
  const registry = packRegistryOver(parts);
  const { builds, packs } = buildsOver({ ...parts, registry });
  const clusters = () => parts.inForce().clusters;
  const rollouts = rolloutsOver({ ...parts, clusters });
  const real = {
    ...{ rollouts, registry, terms: termsOver(parts, { builds, registry }) },
    clustersOf: (id: string) => packs.setOf(id)?.clusters ?? null,
    isThere: () => clusters().some(({ deploy }) => deploy),
  };
  return {
    ...{ builds, packs, releases: releasesOver(target ?? real, parts) },
    closePacks: () => {
      rollouts.close();
      registry.close();
    },
  };
}

function termsOver(
  { inForce, lists, stores }: PackParts,
  { builds, registry }: { builds: Builds; registry: PackRegistry },
) {
  return termsFinder({
    sets: () => inForce().packSets,
    buildOf: async (set, id) => {
      if (id !== null) return builds.get(id);
      return (await builds.list()).find((one) => one.set === set && one.stage === "done") ?? null;
    },
    takesReleases: (name) => inForce().clusters.some((one) => one.name === name && one.deploy),
    packsLeft: async (cluster, set) => {
      const releases = (await stores.store.state.list("release")).map(({ body }) => body);
      return packsLeft(cluster, set, releases).map(({ ref }) => ref);
    },
    packsOn: packsOnOver({ registry, lists }),
    planOf: (before, after) => ({ lines: planLines(planRelease(before, after, usesIn(inForce()))) }),
  });
}

import type { RegisteredPack } from "../ports/pack-registry.ts";
import type { LivePart } from "../ports/rollouts.ts";
import type { Role } from "./parts.ts";
import type { Release } from "./release.ts";

/** One thing of a cluster that is not as its last release left it. */
export type DriftFinding =
  /** `live` is null where the part is not there any more. */
  | { kind: "part"; role: Role; workload: string; wanted: string; live: string | null }
  | { kind: "pack"; pack: string; wanted: string; live: string | null };

/** What should run on a cluster, by the release that it came from. */
export interface Wanted {
  release: string;
  /** `old`: that release was rolled back, so that it is what was there before. */
  stands: "new" | "old";
  since: string;
  strategy: Release["strategy"];
  parts: readonly Pick<LivePart, "role" | "workload" | "image">[];
  packs: readonly { ref: string; version: string }[];
}

/** What should run on a cluster; null where no release has come to it, or one is at it now. */
export function wantedOn(cluster: string, releases: readonly Release[]): Wanted | null {
  const last = lastAt(cluster, releases);
  const place = last?.places[cluster];
  if (!last || !place || place.stands === "touched") return null;
  const { parts: before, at: since, stands } = place;
  const parts = before.map(({ role, workload, image }) => {
    return { role, workload, image: stands === "new" ? last.image.reference : image };
  });
  const packs = packsAt(cluster, last).map(({ ref, version }) => ({ ref, version }));
  return { release: last.id, stands, since, strategy: last.strategy, parts, packs };
}

/** The release that was the last to change a cluster. */
export function lastAt(cluster: string, releases: readonly Release[]): Release | null {
  let last: Release | null = null;
  for (const release of releases) {
    const at = release.places[cluster]?.at;
    const before = last?.places[cluster]?.at;
    if (at !== undefined && (before === undefined || at > before)) last = release;
  }
  return last;
}

/** The packs that the releases of a set have left on a cluster. */
export function packsLeft(
  cluster: string,
  set: string,
  releases: readonly Release[],
): readonly RegisteredPack[] {
  const ofSet = releases.filter((one) => one.set === set);
  const last = lastAt(cluster, ofSet);
  return last ? packsAt(cluster, last) : [];
}

/** Of a release that was rolled back there, what the cluster had before. */
function packsAt(cluster: string, { places, packs }: Release): readonly RegisteredPack[] {
  const place = places[cluster];
  return place?.stands === "new" ? packs : (place?.packs ?? []);
}

/** How what runs differs from what should. Nothing: it does not. */
export function driftOf(
  wanted: Pick<Wanted, "parts" | "packs">,
  live: { parts: readonly LivePart[]; packs: readonly Pick<RegisteredPack, "ref" | "version">[] },
): DriftFinding[] {
  const parts = wanted.parts.flatMap(({ role, workload, image }): DriftFinding[] => {
    const found = live.parts.find((part) => part.role === role && part.workload === workload)?.image ?? null;
    return found === image ? [] : [{ kind: "part", role, workload, wanted: image, live: found }];
  });
  const packs = wanted.packs.flatMap(({ ref, version }): DriftFinding[] => {
    const found = live.packs.find((pack) => pack.ref === ref)?.version ?? null;
    return found === version ? [] : [{ kind: "pack", pack: ref, wanted: version, live: found }];
  });
  return [...parts, ...packs];
}

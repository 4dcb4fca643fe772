import type { PackThing, Release } from "./release.ts";
import { thingsWithout } from "./release-deeds.ts";

/** A pack in one of two releases. */
export interface PackAt {
  version: string;
  /** Null where the lock does not name its repository. */
  commit: string | null;
}

/** How two releases differ, from the first to the second. Packs that are the same are left out. */
export interface ReleaseDiff {
  from: string;
  to: string;
  packs: readonly { ref: string; from: PackAt | null; to: PackAt | null }[];
  added: readonly PackThing[];
  removed: readonly PackThing[];
  clusters: { from: readonly string[]; to: readonly string[] };
}

type Compared = Pick<Release, "id" | "image" | "packs" | "clusters">;

/** Compares two releases by what their images hold. */
export function releaseDiff(from: Compared, to: Compared): ReleaseDiff {
  const [before, after] = [packsOf(from), packsOf(to)];
  const refs = [...new Set([...before.keys(), ...after.keys()])].sort();
  const packs = refs.flatMap((ref) => {
    const [old, now] = [before.get(ref) ?? null, after.get(ref) ?? null];
    return old?.version === now?.version && old?.commit === now?.commit ? [] : [{ ref, from: old, to: now }];
  });
  return {
    ...{ from: from.id, to: to.id, packs },
    ...{ added: thingsWithout(to.packs, from.packs), removed: thingsWithout(from.packs, to.packs) },
    clusters: { from: from.clusters, to: to.clusters },
  };
}

function packsOf({ image, packs }: Compared): Map<string, PackAt> {
  const commits = new Map(
    image.lock.repos.flatMap((repo) => repo.packs.map(({ ref }) => [ref, repo.commit] as const)),
  );
  return new Map(packs.map(({ ref, version }) => [ref, { version, commit: commits.get(ref) ?? null }]));
}

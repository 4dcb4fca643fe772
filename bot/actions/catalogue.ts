import { type CatalogueEntry, type ClusterActions, catalogueOf } from "../../core/catalogue/index.ts";
import type { ActionListing, ActionLists, Clock } from "../../core/ports/index.ts";
import type { ActionUse } from "../../core/releases/index.ts";

/** The actions of clusters, and which of those asked did not answer. */
export interface CatalogueView {
  entries: CatalogueEntry[];
  silent: { cluster: string; message: string }[];
}

/** What can be run, over all clusters. */
export interface ActionCatalogue {
  /** As these clusters say, not older than a minute. */
  view(clusters: readonly string[]): Promise<CatalogueView>;
}

export interface CatalogueDeps {
  lists: ActionLists;
  /** What of the configuration in force names actions. */
  uses: () => readonly ActionUse[];
  clock: Clock;
}

const KEEP_MS = 60_000;

interface Kept {
  atMs: number;
  listing: Promise<ActionListing>;
}

/** Makes the catalogue. A cluster's list is read when it is asked for, once for all who ask within a minute. */
export function createCatalogue({ lists, uses, clock }: CatalogueDeps): ActionCatalogue {
  const kept = new Map<string, Kept>();
  const listingOf = async (cluster: string): Promise<ActionListing> => {
    const nowMs = clock.nowMs();
    const before = kept.get(cluster);
    if (before && nowMs - before.atMs < KEEP_MS) return before.listing;
    const listing = lists.listActions(cluster);
    kept.set(cluster, { atMs: nowMs, listing });
    const read = await listing;
    // Whoever asks next asks anew.
    if (read.outcome === "unreachable") kept.delete(cluster);
    return read;
  };
  return {
    view: async (clusters) => {
      const listings = await Promise.all(clusters.map(listingOf));
      const known = listings.flatMap((one): ClusterActions[] => (one.outcome === "known" ? [one] : []));
      const silent = listings.flatMap((one) =>
        one.outcome === "known" ? [] : [{ cluster: one.cluster, message: one.message }],
      );
      return { entries: catalogueOf(known, uses()), silent };
    },
  };
}

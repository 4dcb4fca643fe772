import type { Store } from "./bulk.ts";
import type { Connection } from "./connection.ts";

/**
 * Lets a process read what it wrote: Elasticsearch shows a document to searches only after a refresh, by default up
 * to a second later. Writes note their indices; a read first refreshes the noted ones. So a stream of writes pays
 * nothing, and what other processes wrote is seen a second later.
 */
export interface Freshness {
  /** The same store, whose changes are noted. */
  noting(store: Store): Store;
  /** When it returns, searches see all that was noted before the call. */
  settle(): Promise<void>;
}

/** Nothing is noted at first. */
export function createFreshness(connection: Connection): Freshness {
  let noted = new Set<string>();
  let settling: Promise<void> = Promise.resolve();
  const refresh = async (): Promise<void> => {
    if (noted.size === 0) return;
    const names = noted;
    noted = new Set();
    try {
      await connection.read("refresh", (client) =>
        client.indices.refresh({ index: [...names], ignore_unavailable: true }),
      );
    } catch (thrown) {
      for (const name of names) noted.add(name);
      throw thrown;
    }
  };
  return {
    noting: (store) => async (operations) => {
      try {
        return await store(operations);
      } finally {
        // Afterwards, since a refresh before it shows nothing; after a failure too: a part may be stored.
        for (const { index } of operations) noted.add(index);
      }
    },
    settle: () => {
      // One after the other: who comes while a refresh is under way must not read before it ended.
      settling = settling.then(refresh, refresh);
      return settling;
    },
  };
}

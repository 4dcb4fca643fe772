import { LRUCache } from "lru-cache";
import type { ActionCatalog, ActionReading, Clock } from "../../core/ports/index.ts";
import type { OnCluster } from "../../core/runs/index.ts";

/** What a cluster said of an action counts for so long: a person who was told of a fault tries again soon. */
const KEPT_MS = 30_000;
/** The same where it did not answer. */
const SILENT_KEPT_MS = 3_000;
const MOST_KEPT = 5_000;

/** What each of some clusters says of an action. */
export type ReadSchemas = (action: string, clusters: readonly string[]) => Promise<[string, ActionReading][]>;

/** Asks clusters for the actions that people run, all at once, and keeps their answers for a moment. */
export function schemaReader({
  catalog,
  clock,
}: {
  catalog: Pick<ActionCatalog, "readAction">;
  clock: Clock;
}): ReadSchemas {
  const kept = new LRUCache<string, { reading: ActionReading; untilMs: number }>({ max: MOST_KEPT });
  const readOne = async (action: string, cluster: string): Promise<[string, ActionReading]> => {
    const key = JSON.stringify([cluster, action]);
    const known = kept.get(key);
    if (known && clock.nowMs() < known.untilMs) return [cluster, known.reading];
    const reading = await catalog.readAction(cluster, action);
    const forMs = reading.outcome === "unreachable" ? SILENT_KEPT_MS : KEPT_MS;
    kept.set(key, { reading, untilMs: clock.nowMs() + forMs });
    return [cluster, reading];
  };
  return (action, clusters) => Promise.all(clusters.map((cluster) => readOne(action, cluster)));
}

/** The clusters that have the action, or could not be asked for it. */
export async function placesOf(
  action: string,
  clusters: readonly string[],
  readSchemas: ReadSchemas,
): Promise<OnCluster[]> {
  const readings = await readSchemas(action, clusters);
  return readings.flatMap(([cluster, reading]): OnCluster[] => {
    if (reading.outcome === "unreachable") return [{ cluster }];
    const isThere = reading.outcome === "known" && reading.schema.enabled;
    return isThere ? [{ cluster, schema: reading.schema }] : [];
  });
}

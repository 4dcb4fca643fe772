import { errorText } from "../../core/errors.ts";
import type { Clock, Executor, Logger } from "../../core/ports/index.ts";
import type { ActionAlias } from "../../core/runs/index.ts";

export interface AliasBookDeps {
  executor: Pick<Executor, "aliases">;
  /** Names of the clusters in force. */
  clusters: () => readonly string[];
  clock: Clock;
  log: Logger;
}

/** The chat commands of all clusters, each once, and the clusters that did not answer. */
export interface AliasPage {
  aliases: readonly ActionAlias[];
  silent: readonly string[];
}

export interface AliasBook {
  /** As they were read at most two minutes ago; of a cluster that does not answer, as they were before. */
  current(): Promise<AliasPage>;
}

/** As hubot reads them. */
const KEPT_MS = 120_000;
/** Where a cluster did not answer it is asked again after this. */
const RETRY_MS = 10_000;

interface Known {
  aliases: readonly ActionAlias[];
  isSilent: boolean;
  dueAtMs: number;
}

/** Reads the aliases of all clusters when somebody asks for them, and keeps them for a while. */
export function createAliasBook(deps: AliasBookDeps): AliasBook {
  const known = new Map<string, Known>();
  const under = new Map<string, Promise<void>>();
  const refresh = async (cluster: string): Promise<void> => {
    const before = known.get(cluster);
    if (before && deps.clock.nowMs() < before.dueAtMs) return;
    const reading = under.get(cluster) ?? readInto(known, cluster, deps);
    under.set(cluster, reading);
    await reading.finally(() => under.delete(cluster));
  };
  return {
    current: async () => {
      const clusters = deps.clusters();
      for (const cluster of known.keys()) if (!clusters.includes(cluster)) known.delete(cluster);
      await Promise.all(clusters.map(refresh));
      return pageOf(known);
    },
  };
}

/** A whole new set each time: what was removed is gone. */
async function readInto(
  known: Map<string, Known>,
  cluster: string,
  { executor, clock, log }: AliasBookDeps,
): Promise<void> {
  try {
    const aliases = await executor.aliases(cluster);
    known.set(cluster, { aliases, isSilent: false, dueAtMs: clock.nowMs() + KEPT_MS });
  } catch (error) {
    log.warn({ cluster, reason: errorText(error) }, "aliases could not be read");
    const aliases = known.get(cluster)?.aliases ?? [];
    known.set(cluster, { aliases, isSilent: true, dueAtMs: clock.nowMs() + RETRY_MS });
  }
}

function pageOf(known: ReadonlyMap<string, Known>): AliasPage {
  const names = [...known.keys()].sort();
  const all = names.flatMap((name) => known.get(name)?.aliases ?? []);
  const merged = new Map(all.map((alias) => [JSON.stringify(alias), alias]));
  const silent = names.filter((name) => known.get(name)?.isSilent);
  return { aliases: [...merged.values()], silent };
}

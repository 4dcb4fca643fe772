import type { PackLookup, PackNeed } from "../../core/clusters/index.ts";
import type { Clock, PackReading, PackVersions } from "../../core/ports/index.ts";

/** Which versions of packs clusters have, read when a task needs to know. */
export interface PackWatch {
  lookup: PackLookup;
  /** Reads what some needs ask for on some clusters, where it is not known or not from the last minute. */
  read(clusters: readonly string[], needs: readonly PackNeed[]): Promise<void>;
  /** The same for what was not read within the last seconds: people may have released it since. */
  recheck(clusters: readonly string[], needs: readonly PackNeed[]): Promise<void>;
}

const KEEP_MS = 60_000;
/** Of many tasks that wait for one pack not each asks. A cluster that did not answer is asked again after this. */
const RETRY_MS = 10_000;

interface Known {
  reading: PackReading;
  atMs: number;
}

interface Parts {
  packs: PackVersions;
  clock: Clock;
}

export function createPackWatch({ packs, clock }: Parts): PackWatch {
  const known = new Map<string, Known>();
  const underWay = new Map<string, Promise<void>>();
  const readOne = async (cluster: string, pack: string): Promise<void> => {
    const reading = await packs.readPack(cluster, pack);
    known.set(keyOf(cluster, pack), { reading, atMs: clock.nowMs() });
  };
  const once = (cluster: string, pack: string): Promise<void> => {
    const key = keyOf(cluster, pack);
    const running = underWay.get(key) ?? readOne(cluster, pack).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };
  const isOld = (key: string, keepMs: number): boolean => {
    const one = known.get(key);
    if (one === undefined) return true;
    const forMs = one.reading.outcome === "unreachable" ? RETRY_MS : keepMs;
    // A clock that was moved back must not keep it for longer.
    return Math.abs(clock.nowMs() - one.atMs) >= forMs;
  };
  const readOlder = async (clusters: readonly string[], needs: readonly PackNeed[], keepMs: number) => {
    const wanted = clusters.flatMap((cluster) => needs.map(({ pack }) => ({ cluster, pack })));
    const due = wanted.filter(({ cluster, pack }) => isOld(keyOf(cluster, pack), keepMs));
    await Promise.all(due.map(({ cluster, pack }) => once(cluster, pack)));
  };
  return {
    lookup: (cluster, pack) => known.get(keyOf(cluster, pack))?.reading,
    read: (clusters, needs) => readOlder(clusters, needs, KEEP_MS),
    recheck: (clusters, needs) => readOlder(clusters, needs, RETRY_MS),
  };
}

function keyOf(cluster: string, pack: string): string {
  return `${cluster} ${pack}`;
}

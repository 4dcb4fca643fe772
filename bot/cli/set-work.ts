import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../core/clusters/index.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { ActionUse, PackLock, PackProblem, PackSet } from "../../core/releases/index.ts";
import { environment, foldersOf } from "../config/index.ts";
import { usesIn } from "../in-force.ts";
import { fetchLocked, type PackTools, type SetFetched } from "../packs/index.ts";
import { prepareRules } from "../wire.ts";
import {
  type AskedClusters,
  askedClusters,
  type LockReading,
  madeUpNames,
  packTools,
  readPackLock,
} from "../wire-packs.ts";
import { problemLines } from "./pack-words.ts";

/** What the commands of one set work on. */
export interface SetWork {
  set: PackSet;
  home: string;
  uses: readonly ActionUse[];
  tools: PackTools;
  /** The clusters of the set, as far as the environment says how they are entered; null where it says so of none. */
  clusters: AskedClusters | null;
  /** Of the others why they are not asked, as lines. */
  notAsked: readonly string[];
  /** A folder for what is fetched. */
  dir: string;
  signal: AbortSignal;
}

export async function fetchedLock({ set, home, tools, signal }: SetWork, dir: string) {
  const locked = lockOr(await readPackLock(home, set.id), null);
  if (locked === null) {
    return refuse([`没有锁，先执行 whale packs lock ${set.id} (there is no lock yet: run it first)`]);
  }
  const fetched = await fetchLocked({ set, lock: locked, dir }, tools, signal);
  return fetched.outcome === "failed" ? refuse(told(fetched)) : fetched;
}

export function lockOr<T>(reading: LockReading, absent: T): PackLock | T {
  if (reading.outcome === "refused") return refuse([reading.message]);
  return reading.outcome === "read" ? reading.lock : absent;
}

export function told({
  problems,
}: Pick<SetFetched, "outcome"> & { problems: readonly PackProblem[] }): string[] {
  return problemLines(problems);
}

export function refuse(lines: readonly string[]): never {
  throw new ChatOpsError(lines.join("\n"), { code: "cli.refused" });
}

/** The clusters of a set, and of those that cannot be entered why. */
function clustersOf({ clusters: names }: PackSet, clusters: readonly Cluster[]) {
  const ways = clusters.flatMap((cluster) => {
    const { name, deploy: _, ...way } = cluster;
    return names.includes(name) ? [{ cluster, unset: madeUpNames(way) }] : [];
  });
  const ready = ways.flatMap(({ cluster, unset }) => (unset.length === 0 ? [cluster] : []));
  const notAsked = ways.flatMap(({ cluster: { name }, unset }) => {
    if (unset.length === 0) return [];
    const what = unset.join(" ");
    return [
      `集群 ${name} 没有问，没有设置环境变量 ${what} · cluster ${name} is not asked: ${what} is not set`,
    ];
  });
  return { clusters: ready.length > 0 ? askedClusters(ready) : null, notAsked };
}

/** Does something with a set of the home and a folder that is gone afterwards; Ctrl-C ends what is fetched. */
export async function withSet(id: string, act: (work: SetWork) => Promise<void>): Promise<void> {
  const env = environment();
  const { home } = foldersOf(env, process.cwd());
  const files = await prepareRules(env, home, "made_up");
  if (files.outcome === "refused") return refuse([files.message]);
  const set = files.home.packSets.find((one) => one.id === id);
  if (!set) {
    const known = files.home.packSets.map((one) => one.id).join(", ") || "-";
    return refuse([`没有这个共享 Pack (no such pack set), 已有 (there are): ${known}`]);
  }
  const dir = await mkdtemp(join(tmpdir(), "whale-packs-"));
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once("SIGINT", end);
  const { clusters, notAsked } = clustersOf(set, files.home.clusters);
  const tools = packTools({ home, env, registry: clusters?.registry ?? null });
  const uses = usesIn(files.inForce);
  try {
    await act({ ...{ set, home, tools, clusters, notAsked, dir, uses }, signal: ending.signal });
  } finally {
    clusters?.close();
    process.off("SIGINT", end);
    await rm(dir, { recursive: true, force: true });
  }
}

import { createGit, openTree } from "../adapters/git/index.ts";
import { createPython } from "../adapters/python/index.ts";
import { createPackRegistry, createStackStorm, packFormat } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock } from "../adapters/telemetry/index.ts";
import type { Cluster } from "../core/clusters/index.ts";
import { ChatOpsError } from "../core/errors.ts";
import type { ActionLists, PackRegistry } from "../core/ports/index.ts";
import type { PlannedPack } from "../core/releases/index.ts";
import { type Environment, readMaxRepo } from "./config/index.ts";
import type { PackTools } from "./packs/index.ts";

export {
  type LockReading,
  madeUpNames,
  packLockFile,
  parsePackLock,
  readPackLock,
  writePackLock,
} from "../adapters/files/index.ts";

/** What looks at the pack sets of a home. Tokens of repositories are read from the environment when they are needed. */
export function packTools(given: {
  home: string;
  env: Environment;
  registry: Pick<PackRegistry, "inspect" | "registered"> | null;
}): PackTools {
  const { home, env, registry } = given;
  const path = env["PATH"];
  const programs = path ? { path } : {};
  return {
    repos: createGit({ home, secretOf: (name) => env[name], ...programs }),
    python: createPython(programs),
    format: packFormat,
    ...{ registry, openTree, maxRepoBytes: readMaxRepo(env) },
  };
}

/** What a cluster has of these packs now, with the parameters of their actions. Throws when it cannot be read. */
export type PacksOn = (cluster: string, packs: readonly string[]) => Promise<PlannedPack[]>;

export function packsOnOver({
  registry,
  lists,
}: {
  registry: Pick<PackRegistry, "registered">;
  lists: ActionLists;
}): PacksOn {
  return async (cluster, packs) => {
    const known = await registry.registered(cluster, packs);
    const listing = await lists.listActions(cluster);
    if (listing.outcome === "unreachable") {
      throw new ChatOpsError(listing.message, { code: "packs.unreachable", retryable: true });
    }
    const actions = new Map(listing.actions.map((action) => [action.ref, action]));
    return known.map((pack) => withParameters(pack, actions));
  };
}

/** Clusters as a command asks them. */
export interface AskedClusters {
  names: readonly string[];
  registry: PackRegistry;
  packsOn: PacksOn;
  close(): void;
}

export function askedClusters(clusters: readonly Cluster[]): AskedClusters {
  const common = {
    ...{ clusters, clock: systemClock, log: createLogger({ level: "silent" }) },
    metrics: createMetrics({ prefix: "whale" }),
  };
  const registry = createPackRegistry(common);
  const lists = createStackStorm(common);
  const close = () => {
    registry.close();
    lists.close();
  };
  const names = clusters.map(({ name }) => name);
  return { names, registry, packsOn: packsOnOver({ registry, lists }), close };
}

type Listed = ReadonlyMap<
  string,
  { runner: string; enabled: boolean; declared: PlannedPack["items"][number]["parameters"] & object }
>;

/** Only actions have parameters, and a plan compares what both sides tell. */
function withParameters({ items, ...pack }: PlannedPack, actions: Listed): PlannedPack {
  return {
    ...pack,
    items: items.map((item) => {
      const action = item.kind === "action" ? actions.get(item.ref) : undefined;
      if (!action) return item;
      const { runner, enabled, declared: parameters } = action;
      return { ...item, runner, enabled, parameters };
    }),
  };
}

import type { Home, HomeFolder, Problem } from "../../adapters/files/index.ts";
import type { Cluster } from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import { hashOf } from "../../core/ids/index.ts";
import type { Audit, Clock, ConfigStore, Logger } from "../../core/ports/index.ts";
import type { ConfigVersion } from "../../core/versions/index.ts";
import type { Warning } from "../http/index.ts";
import type { InForce, InForceHolder } from "../in-force.ts";
import { changeType, type LoadedHome, type TypeChange, type TypeChanged } from "./change-type.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { type Author, approvalsSeen, byHand, recordVersions } from "./record-versions.ts";

export type Reloaded =
  /** In force now; `versions` are those that were new. */
  | { outcome: "loaded"; versions: ConfigVersion[] }
  /** The configuration before stays in force. */
  | { outcome: "refused"; problems: Problem[] };

/** Keeps the configuration in force, its files and its versions in step, one change after the other. */
export interface HomeKeeper {
  /** Gives a version to everything that was edited while nobody looked. To be called before work begins. */
  begin(): Promise<void>;
  /** Reads all files anew and puts them in force, all or none. `by` is who asked for it. */
  reload(by: string): Promise<Reloaded>;
  /** Creates, changes or retires one event type. */
  changeType(change: TypeChange): Promise<TypeChanged>;
  /** Why the files are not in force as they are; empty when they are. */
  warnings(): Warning[];
  /** What is wrong in files that were not taken; empty when all were. */
  refused(): readonly Problem[];
}

export interface KeeperDeps {
  folder: HomeFolder;
  inForce: InForceHolder;
  /** Makes of a home what can be put in force. */
  compile: (home: Home) => InForce;
  configs: ConfigStore;
  audit: Audit;
  /** Hears of files that were refused, and of the home that stays in force. Must not fail. */
  onRefused?: (problems: readonly Problem[], inForce: LoadedHome) => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** Who asks for a reload when files have changed. */
export const BY_WATCH = "files";

/** Makes the keeper of a home that was loaded and is in force. */
export function createHomeKeeper(first: LoadedHome, deps: KeeperDeps): HomeKeeper {
  const { folder, inForce, configs } = deps;
  const inTurn = oneAtATime();
  let loaded = first;
  let trouble: string | null = null;
  let refused: readonly Problem[] = [];

  const adopt = async (next: LoadedHome, author: Author): Promise<ConfigVersion[]> => {
    const compiled = withClustersOf(inForce.current(), deps.compile(next.home));
    const versions = await recordVersions(next.files, deps, approvalsSeen(next.home.policies, author));
    inForce.replace(compiled);
    loaded = next;
    trouble = null;
    refused = [];
    return versions;
  };
  const reload = async (by: string): Promise<Reloaded> => {
    const loading = await folder.load().catch((error: unknown) => {
      trouble = errorText(error);
      throw error;
    });
    if (loading.outcome === "refused") {
      trouble = placeOfFirst(loading.problems);
      refused = loading.problems;
      tellRefused(by, loading.problems, deps);
      await deps.onRefused?.(loading.problems, loaded);
      return loading;
    }
    const troubled = trouble !== null;
    const versions = await adopt(loading, byHand);
    // A change that Whale itself has written is seen by the watch too, and is in force already.
    if (by !== BY_WATCH || troubled || versions.length > 0) await tellLoaded(by, versions, deps);
    return { outcome: "loaded", versions };
  };
  return {
    begin: () => inTurn(async () => begin(loaded, deps)),
    reload: (by) => inTurn(() => reload(by)),
    changeType: (change) =>
      inTurn(() => changeType(change, { folder, configs, inForce, files: loaded.files, adopt })),
    warnings: () => (trouble === null ? [] : [troubleWarning(trouble)]),
    refused: () => refused,
  };
}

async function begin({ home, files }: LoadedHome, deps: KeeperDeps): Promise<void> {
  await recordVersions(files, deps, approvalsSeen(home.policies, byHand));
}

/**
 * StackStorm's clients are built at the start, so that where a cluster is and how it is entered changes with a restart
 * alone. Where tasks go changes at once, but not without the clusters that routes may name.
 */
function withClustersOf(before: InForce, next: InForce): InForce {
  const { clusters, routes } = before;
  if (hashOf(clusters.map(wayTo)) === hashOf(next.clusters.map(wayTo))) return next;
  const message =
    "clusters/ 的地址或凭据已修改，集群和路由重启后才生效 (addresses or credentials in clusters/ have changed: clusters and routes take effect with a restart)";
  return { ...next, clusters, routes, warnings: [...next.warnings, { about: "clusters", message }] };
}

function wayTo({ name, api, authUrl, streamUrl, auth, allow }: Cluster): object {
  const own = Object.entries({ authUrl, streamUrl, allow }).filter(([, value]) => value !== undefined);
  return { name, api, auth, ...Object.fromEntries(own) };
}

function tellRefused(by: string, problems: readonly Problem[], { folder, log }: KeeperDeps): void {
  const fields = { by, faults: problems.length, problems: folder.describe(problems).split("\n") };
  log.error(fields, "files refused, the configuration before stays in force");
}

async function tellLoaded(by: string, versions: ConfigVersion[], deps: KeeperDeps): Promise<void> {
  const { audit, clock, log } = deps;
  const at = new Date(clock.nowMs()).toISOString();
  const detail = { versions: versions.length };
  await audit.append({ at, who: by, what: "config.reload", object: "WHALE_HOME", detail });
  const changed = versions.map(({ kind, name, no, change }) => `${kind} ${name}: ${change}, version ${no}`);
  log.info({ by, changed }, "files in force");
}

/** Anybody may read warnings: they say where, and the log says what. */
function placeOfFirst(problems: readonly Problem[]): string {
  const [first] = problems;
  const place = first ? `${first.file}:${first.line}:${first.column} ${first.field}`.trim() : "";
  return `${problems.length} 处错误，第一处在 (faults, the first at) ${place}`;
}

function troubleWarning(trouble: string): Warning {
  const message = `文件没有采用，之前的配置仍有效 (files not taken, the configuration before stays in force): ${trouble}`;
  return { about: "WHALE_HOME", message };
}

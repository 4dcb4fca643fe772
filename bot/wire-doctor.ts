import { readLocalAddress } from "../adapters/files/index.ts";
import { inspectFolder } from "../adapters/sqlite/index.ts";
import { createStackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock } from "../adapters/telemetry/index.ts";
import { createWecom } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import { mb } from "../core/pressure/index.ts";
import type { Config, StoresConfig } from "./config/index.ts";
import type { Warning } from "./http/index.ts";
import type { Prepared } from "./wire.ts";

/** One thing that was looked at. */
export interface Finding {
  about: string;
  /** `reduced`: it works, and the message says which promise holds only in part. */
  outcome: "holds" | "reduced" | "fails";
  /** Chinese and English, with what to do where something is to be done. */
  message: string;
}

export type Ready = Extract<Prepared, { outcome: "ready" }>;

/** Connects to everything that a process would work with, and tells what holds. The work of a running one goes on. */
export async function examine(ready: Ready): Promise<Finding[]> {
  const { config } = ready;
  const stores =
    config.stores.kind === "embedded" ? [() => examineFolder(config)] : examinationsOf(config.stores);
  const looks = [...stores, () => examineRunning(config), () => examineWecom(config), ...clustersOf(ready)];
  return (await Promise.all(looks.map((look) => look()))).flat();
}

type Look = () => Promise<Finding[]>;

const silent = createLogger({ level: "silent" });
const deps = () => ({ clock: systemClock, log: silent, metrics: createMetrics({ prefix: "doctor" }) });

async function examineFolder({ dataDir, pressure }: Config): Promise<Finding[]> {
  const about = `data folder ${dataDir}`;
  try {
    const facts = await inspectFolder(dataDir);
    const free = facts.freeDiskBytes >= pressure.minFreeDiskBytes;
    return [
      { about, ...storeFinding(facts) },
      ...(free
        ? []
        : [
            {
              about,
              outcome: "fails" as const,
              message: noRoom(facts.freeDiskBytes, pressure.minFreeDiskBytes),
            },
          ]),
    ];
  } catch (error) {
    return [{ about, outcome: "fails", message: errorText(error) }];
  }
}

function storeFinding({ store, onNetwork, archiveBytes }: Awaited<ReturnType<typeof inspectFolder>>) {
  if (onNetwork) return { outcome: "reduced" as const, message: ON_NETWORK };
  if (!store)
    return {
      outcome: "holds" as const,
      message: "还没有数据，首次启动时建立 (no data yet, made at the first start)",
    };
  const sizes = `${mb(store.bytes)} + ${mb(archiveBytes)}`;
  const message = `${store.journalMode}, synchronous=FULL: 已确认的事件和授权断电也不丢 (what was acknowledged outlives a power cut); ${sizes}`;
  return { outcome: "holds" as const, message };
}

const ON_NETWORK =
  "在网络文件系统上，文件锁和落盘不可靠，断电可能丢失已确认的事件；请换到本机磁盘，或用 Redis (on a network file system, whose locks and syncs are not to be relied on: acknowledged events may be lost with the power; use a local disk, or Redis)";

function noRoom(freeBytes: number, leastBytes: number): string {
  return `剩余磁盘 ${mb(freeBytes)}，低于 WHALE_MIN_FREE_DISK ${mb(leastBytes)}：拒收告警 (free disk below WHALE_MIN_FREE_DISK: intake answers 503); 请清理磁盘 (make room)`;
}

function examinationsOf({ redis, elasticsearch }: Production): Look[] {
  return [() => examineRedis(redis), () => examineElasticsearch(elasticsearch)];
}

type Production = Extract<StoresConfig, { kind: "production" }>;

async function examineRedis(options: Production["redis"]): Promise<Finding[]> {
  const { openRedisStore, serversText } = await import("../adapters/redis/index.ts");
  const about = `redis ${serversText(options.servers)}`;
  try {
    const store = await openRedisStore({ ...options, log: silent });
    await store.check().finally(() => store.close());
    const reduced = store.warnings().map(({ message }) => ({ about, outcome: "reduced" as const, message }));
    const message = `可写，不淘汰数据 (takes writes, evicts nothing): ${mb(store.sizeBytes())}`;
    return [
      { about, outcome: "holds", message },
      ...(reduced.length > 0 ? reduced : [{ about, ...DURABLE }]),
    ];
  } catch (error) {
    return [{ about, outcome: "fails", message: errorText(error) }];
  }
}

const DURABLE = {
  outcome: "holds" as const,
  message: "appendfsync always: 已确认的事件和授权断电也不丢 (what was acknowledged outlives a power cut)",
};

async function examineElasticsearch(options: Production["elasticsearch"]): Promise<Finding[]> {
  const { probeElasticsearch } = await import("../adapters/elasticsearch/index.ts");
  const about = `elasticsearch ${options.urls.join(", ")}`;
  const probe = await probeElasticsearch({ ...options, log: silent });
  if (probe.outcome === "down") return [{ about, outcome: "fails", message: probe.message }];
  const { version, health } = probe;
  const known = [version, health].filter((one) => one !== null).join(", ") || "up";
  if (health === "red") return [{ about, outcome: "reduced", message: `${known}: ${RED}` }];
  return [{ about, outcome: "holds", message: `${known}: 可检索、可归档 (can be searched and written)` }];
}

const RED =
  "有分片不可用，检索失败、归档等待，事件不丢 (shards are missing: searches fail and the archive waits, no event is lost); 请恢复集群 (restore the cluster)";

/** What a process that runs on the data folder says of itself. */
async function examineRunning({ dataDir }: Config): Promise<Finding[]> {
  const about = "process";
  const origin = await readLocalAddress(dataDir).catch(() => null);
  const answer = origin === null ? null : await fetch(`${origin}/readyz`).catch(() => null);
  if (!answer)
    return [{ about, outcome: "holds", message: "这个数据目录上没有运行 (none runs on this data folder)" }];
  const { ready, reason, warnings = [] } = (await answer.json()) as Readyz;
  if (!ready) return [{ about, outcome: "fails", message: `${origin}: ${reason}` }];
  const told = warnings.map((one) => ({
    about,
    outcome: "reduced" as const,
    message: `${one.about}: ${one.message}`,
  }));
  return [{ about, outcome: "holds", message: `${origin}: 就绪 (ready)` }, ...told];
}

interface Readyz {
  ready: boolean;
  reason?: string;
  warnings?: Warning[];
}

async function examineWecom({ wecom: options }: Config): Promise<Finding[]> {
  const wecom = createWecom(options, deps());
  const probe = await wecom.probe();
  wecom.close();
  const about = `wecom ${options.corpId}`;
  if (probe.outcome === "working")
    return [{ about, outcome: "holds", message: "可取得 access_token (gives a token)" }];
  return [{ about, outcome: "fails", message: `${probe.reason}: ${probe.message}` }];
}

function clustersOf({ home }: Ready): Look[] {
  return home.clusters.map((cluster) => async () => {
    const stackstorm = createStackStorm({ clusters: [cluster], ...deps() });
    const probe = await stackstorm.probe(cluster.name);
    stackstorm.close();
    const about = `cluster ${cluster.name}`;
    if (probe.outcome === "up")
      return [
        {
          about,
          outcome: "holds",
          message: `StackStorm ${probe.version}: 可访问、密钥有效 (answers, takes the key)`,
        },
      ];
    return [{ about, outcome: "fails", message: probe.message }];
  });
}

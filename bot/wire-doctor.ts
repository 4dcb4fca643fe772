import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readLocalAddress } from "../adapters/local/index.ts";
import { createOutbound, type Outbound } from "../adapters/outbound/index.ts";
import { inspectFolder } from "../adapters/sqlite/index.ts";
import { createStackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock } from "../adapters/telemetry/index.ts";
import { checkRobot, createWecom } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import type { Clock } from "../core/ports/index.ts";
import { mb } from "../core/pressure/index.ts";
import type { Config, StoresConfig } from "./config/index.ts";
import {
  type Call,
  type DateReader,
  type Finding,
  findingsAbout,
  type Look,
  lookAtAibot,
  lookAtApp,
  lookAtCallback,
  lookAtClock,
  lookAtFiles,
  lookAtPeople,
  lookAtPrograms,
  lookAtTargets,
  type VersionOf,
} from "./doctor/index.ts";
import type { Warning } from "./http/index.ts";
import type { Prepared } from "./wire.ts";
import { examineAibot, type RunningBot } from "./wire-aibot.ts";

export type Ready = Extract<Prepared, { outcome: "ready" }>;

/** Connects to everything that a process would work with, and tells what holds. The work of a running one goes on. */
export async function examine(ready: Ready, clock: Clock = systemClock): Promise<Finding[]> {
  const { config, home } = ready;
  const stores =
    config.stores.kind === "embedded" ? [() => examineFolder(config)] : examinationsOf(config.stores);
  const out = createOutbound({ name: "doctor", timeoutMs: OUT_MS, maxResponseBytes: 1_048_576 });
  const running = readyzOf(config);
  const looks: Look[] = [
    async () => lookAtFiles(home, clock.nowMs()),
    async () => [languageOf(config, clock)],
    ...stores,
    async () => examineRunning(await running),
    async () => {
      const bot = botOf(await running);
      return lookAtAibot(await examineAibot(config, { running: bot, clock, log: silent }), home.groups);
    },
    () =>
      lookAtPrograms(home.packSets.length, { git: "git", buildah: config.images.program }, versionOf(config)),
    () => examineWecom(ready, { out, clock }),
    ...clustersOf(ready),
    ...clocksOf(ready, { out, clock }),
  ];
  try {
    return (await Promise.all(looks.map((look) => look()))).flat();
  } finally {
    out.close();
  }
}

/** Whoever stands at a terminal waits for it. */
const OUT_MS = 5_000;

/** The first line of what a program says of itself. */
function versionOf({ images }: Config): VersionOf {
  return async (program) => {
    const run = promisify(execFile)(program, ["--version"], { env: images.env, timeout: OUT_MS });
    return run.then(
      ({ stdout }) => stdout.split("\n", 1)[0] ?? "",
      () => null,
    );
  };
}

const silent = createLogger({ level: "silent" });
const depsAt = (clock: Clock) => ({ clock, log: silent, metrics: createMetrics({ prefix: "doctor" }) });

interface Outside {
  out: Outbound;
  clock: Clock;
}

function languageOf({ language, timeZone }: Config, clock: Clock): Finding {
  const now = new Date(clock.nowMs()).toLocaleString("sv-SE", { timeZone });
  const message = `${language} ${timeZone}: 卡片上现在是 (cards say that it is now) ${now}`;
  return { about: "language", outcome: "holds", cause: "language", message };
}

async function examineFolder({ dataDir, pressure }: Config): Promise<Finding[]> {
  const about = `data folder ${dataDir}`;
  const { fails } = findingsAbout(about);
  try {
    const facts = await inspectFolder(dataDir);
    const { freeDiskBytes } = facts;
    const store = { about, ...storeFinding(facts) };
    if (freeDiskBytes >= pressure.minFreeDiskBytes) return [store];
    return [store, fails("no_room", noRoom(freeDiskBytes, pressure.minFreeDiskBytes))];
  } catch (error) {
    return [fails("store_unusable", errorText(error))];
  }
}

function storeFinding({ store, onNetwork, archiveBytes }: Awaited<ReturnType<typeof inspectFolder>>) {
  if (onNetwork) return { outcome: "reduced" as const, cause: "network_disk", message: ON_NETWORK };
  if (!store)
    return {
      outcome: "holds" as const,
      cause: "store_new",
      message: "还没有数据，首次启动时建立 (no data yet, made at the first start)",
    };
  const sizes = `${mb(store.bytes)} + ${mb(archiveBytes)}`;
  const message = `${store.journalMode}, synchronous=FULL: 已确认的事件和授权断电也不丢 (what was acknowledged outlives a power cut); ${sizes}`;
  return { outcome: "holds" as const, cause: "durable", message };
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
  const { holds, reduced, fails } = findingsAbout(`redis ${serversText(options.servers)}`);
  try {
    const store = await openRedisStore({ ...options, log: silent });
    await store.check().finally(() => store.close());
    const weak = store.warnings().map(({ message }) => reduced("durability", message));
    const message = `可写，不淘汰数据 (takes writes, evicts nothing): ${mb(store.sizeBytes())}`;
    return [holds("redis_up", message), ...(weak.length > 0 ? weak : [holds("durable", DURABLE)])];
  } catch (error) {
    return [fails("redis_down", errorText(error), REDIS_TODO)];
  }
}

const REDIS_TODO =
  "核对 REDIS_URL、REDIS_USER、REDIS_PASSWORD 与网络，redis-cli ping；修好之前拒收告警，修好后自动接着做 (compare them and the network, redis-cli ping; until it is back intake answers 503, then work goes on by itself)";
const ELASTICSEARCH_TODO =
  "核对 ELASTICSEARCH_URL、密钥与网络，看节点日志；告警照常处理，只是检索不可用、归档在等 (compare them and the network, see the logs of its nodes; alerts are handled as ever, searches fail and the archive waits)";
const DURABLE =
  "appendfsync always: 已确认的事件和授权断电也不丢 (what was acknowledged outlives a power cut)";

async function examineElasticsearch(options: Production["elasticsearch"]): Promise<Finding[]> {
  const { probeElasticsearch } = await import("../adapters/elasticsearch/index.ts");
  const { holds, reduced, fails } = findingsAbout(`elasticsearch ${options.urls.join(", ")}`);
  const probe = await probeElasticsearch({ ...options, log: silent });
  if (probe.outcome === "down") return [fails("elasticsearch_down", probe.message, ELASTICSEARCH_TODO)];
  const { version, health } = probe;
  const known = [version, health].filter((one) => one !== null).join(", ") || "up";
  if (health === "red") return [reduced("elasticsearch_red", `${known}: ${RED}`)];
  return [holds("elasticsearch_up", `${known}: 可检索、可归档 (can be searched and written)`)];
}

const RED =
  "有分片不可用，检索失败、归档等待，事件不丢 (shards are missing: searches fail and the archive waits, no event is lost); 请恢复集群 (restore the cluster)";

/** What the process that was started on the data folder tells; one that ended took its address with it. */
async function readyzOf({ dataDir }: Config): Promise<Running | null> {
  const origin = await readLocalAddress(dataDir).catch(() => null);
  if (origin === null) return null;
  try {
    const answer = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(OUT_MS) });
    return { origin, told: (await answer.json()) as Readyz };
  } catch (error) {
    // What fetch throws says only that it failed.
    return { origin, silent: errorText(error instanceof Error ? (error.cause ?? error) : error) };
  }
}

type Running = { origin: string; told: Readyz } | { origin: string; silent: string };

function examineRunning(running: Running | null): Finding[] {
  const { holds, reduced, fails } = findingsAbout("process");
  if (!running) return [holds("not_running", "这个数据目录上没有运行 (none runs on this data folder)")];
  const { origin } = running;
  if ("silent" in running) return [fails("not_answering", `${origin}: ${SILENT}: ${running.silent}`, START)];
  const { ready, reason, warnings = [] } = running.told;
  const told = warnings.map((one) => reduced("warning", `${one.about}: ${one.message}`));
  return [
    ready ? holds("ready", `${origin}: 就绪 (ready)`) : fails("not_ready", `${origin}: ${reason}`),
    ...told,
  ];
}

const SILENT =
  "进程在此启动过，没有正常结束，现在不应答：被杀掉、崩溃、卡住，或在另一个容器里 (a process was started here and never ended, yet gives no answer: killed, crashed, stuck, or in another container)";
const START =
  "看它日志的末尾；若已不在，重新 npm start，没做完的会接着做 (see the end of its log; where it is gone start it again: it goes on with what is open)";

function botOf(running: Running | null): RunningBot | null {
  if (!running || !("told" in running) || !running.told.ready) return null;
  return running.told.aibot ?? { state: "none" };
}

interface Readyz {
  ready: boolean;
  reason?: string;
  warnings?: Warning[];
  aibot?: RunningBot;
}

async function examineWecom({ config, home }: Ready, { out, clock }: Outside): Promise<Finding[]> {
  const wecom = createWecom(config.wecom, depsAt(clock));
  const { people: admin, robotUrl: fallbackUrl, publicUrl } = config.admin;
  try {
    const { checkup, directory } = wecom;
    const app = await lookAtApp(config.wecom.corpId, checkup, publicUrl);
    const people = app.works ? await lookAtPeople(home, admin, directory) : [];
    const { apiBase } = config.wecom;
    const targets = await lookAtTargets(home.groups, {
      ...{ checkup, fallbackUrl, appWorks: app.works },
      checkRobot: (robot) => checkRobot({ ...robot, apiBase, http: out }),
    });
    const localUrl = await readLocalAddress(config.dataDir).catch(() => null);
    const { selfCall } = checkup;
    const callback = await lookAtCallback({ call: callerOver(out), selfCall, publicUrl, localUrl });
    return [...app.findings, ...people, ...callback, ...targets];
  } finally {
    wecom.close();
  }
}

function callerOver(out: Outbound): Call {
  return async (url, query) => {
    const beganMs = performance.now();
    try {
      const { status, text } = await out.request({ method: "GET", url, query, responseType: "text" });
      return { outcome: "answered", status, text, tookMs: performance.now() - beganMs };
    } catch (error) {
      return { outcome: "failed", message: errorText(error) };
    }
  };
}

function clocksOf({ config, home }: Ready, { out, clock }: Outside): Look[] {
  const readDate: DateReader = async (url) => {
    // Whatever it answers, even a refusal, it says what time it is.
    const answer = await out.request({ method: "GET", url, responseType: "text" }).catch(() => null);
    const ms = Date.parse(answer?.headers["date"] ?? "");
    return Number.isNaN(ms) ? null : ms;
  };
  const others: [name: string, address: string][] = [
    ["WeCom", `${config.wecom.apiBase}/cgi-bin/getcallbackip`],
    ...home.clusters.map(({ name, api }): [string, string] => [`cluster ${name}`, api]),
  ];
  return others.map(
    ([name, address]) =>
      () =>
        lookAtClock(name, address, { readDate, clock }),
  );
}

function clustersOf({ home }: Ready): Look[] {
  return home.clusters.map((cluster) => async () => {
    const stackstorm = createStackStorm({ clusters: [cluster], ...depsAt(systemClock) });
    const probe = await stackstorm.probe(cluster.name);
    stackstorm.close();
    const { holds, fails } = findingsAbout(`cluster ${cluster.name}`);
    if (probe.outcome === "down") return [fails("cluster_down", probe.message, CLUSTER_TODO)];
    return [holds("cluster_up", `StackStorm ${probe.version}: 可访问、密钥有效 (answers, takes the key)`)];
  });
}

const CLUSTER_TODO =
  "核对 clusters/ 里的 api 与密钥；在 StackStorm 上 st2ctl status，st2 apikey list (compare api and key in clusters/; on StackStorm: st2ctl status, st2 apikey list)";

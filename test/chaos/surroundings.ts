import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openRedisStore } from "../../adapters/redis/index.ts";
import { openStore } from "../../adapters/sqlite/index.ts";
import { systemClock } from "../../adapters/telemetry/index.ts";
import { prepare } from "../../bot/wire.ts";
import type { StorePorts, TaskQuery } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import {
  demoCompany,
  startWecomSimulator,
  type WecomSimulator,
} from "../../fixtures/simulators/wecom/index.ts";
import { NO_BUDGETS } from "../support/budgets.ts";
import { freePort } from "../support/free-port.ts";
import { silentLog } from "../support/log.ts";
import { type RedisServer, startRedis } from "../support/redis.ts";
import { startRelay } from "../support/relay.ts";
import { type Disk, mountDisk } from "./disk.ts";
import { type Monitor, startMonitor } from "./intake.ts";
import { type Judgement, judge } from "./judge.ts";
import { type People, startPeople } from "./people.ts";

const API_KEY = "chaos-key-of-the-simulator";
/** Nobody listens there: the archive is away all the time, and nothing may come of it. */
const NO_ELASTICSEARCH = "http://127.0.0.1:9";

export interface SurroundingsOptions {
  seed: number;
  store: "embedded" | "redis";
  /** How many processes share the store. */
  processes: number;
  /** Files beside the home of the campaign, by their path in it, as data that is written as JSON. */
  files?: Record<string, object>;
  /** Environment of every process beside what the surroundings ask for. */
  more?: Record<string, string>;
  /** Settings of the Redis server beside the durable ones. */
  redis?: readonly string[];
  /** Of each process, beside what the surroundings ask for; its number counts from 0. */
  env?: (n: number, redis: RedisServer) => Record<string, string>;
}

/** What surrounds the processes: it lives as long as the campaign, and remembers what really happened. */
export interface Surroundings {
  stackstorm: StackStormSimulator;
  wecom: WecomSimulator;
  people: People;
  monitor: Monitor;
  /** Where alerts and callbacks go, whichever process takes them. */
  url: string;
  redis: RedisServer | null;
  /** The environment of each process. */
  envs: readonly Record<string, string>[];
  /** Processes that the front passes over, by number. */
  passedOver: Set<number>;
  /** The disk of the embedded store, where one could be mounted. */
  disk: Disk | null;
  /** All tasks that are stored, or some of them. */
  tasks(query?: Partial<TaskQuery>): Promise<Task[]>;
  /** Request ids of starts that are stored and not answered. */
  starting(): Promise<string[]>;
  judged(): Promise<Judgement>;
  close(): Promise<void>;
}

export async function openSurroundings(options: SurroundingsOptions): Promise<Surroundings> {
  const { seed, processes } = options;
  const folder = mkdtempSync(join(tmpdir(), "whale-chaos-"));
  const disk = options.store === "embedded" ? mountDisk(join(folder, "data-0")) : null;
  const redis = options.store === "redis" ? await startRedis(options.redis) : null;
  const ports = await Promise.all(Array.from({ length: processes }, freePort));
  const passedOver = new Set<number>();
  const front = await startRelay(() => ports.filter((_, n) => !passedOver.has(n)));
  const url = `http://127.0.0.1:${processes > 1 ? front.port : ports[0]}`;
  const packsDir = join(import.meta.dirname, "..", "..", "fixtures", "packs");
  const stackstorm = await startStackStormSimulator({ packsDir, vmsDir: folder, apiKey: API_KEY });
  // The limit per member is WeCom's and is tried elsewhere; here it would only hide cards.
  const limits = { droppedPerMinute: 1_000_000, callbackTimeoutMs: 1_000, retryDelayMs: 100 };
  const wecom = await startWecomSimulator({ callbackUrl: `${url}/wecom/callback`, ...limits });
  const home = homeIn(folder, options.files ?? {});
  const common = { ...environmentOf({ wecom, stackstorm }), WHALE_HOME: home, ...options.more };
  const envs = ports.map((port, n) => ({
    ...common,
    PORT: String(port),
    WHALE_DATA: join(folder, `data-${n}`),
    // Several processes leave less of the machine to each, and what is slow must not count as unanswered.
    // A full disk is to be met by writes, not kept away from them.
    ...(disk ? { WHALE_MIN_FREE_DISK: "0" } : {}),
    WHALE_START_WINDOW: processes > 1 ? "6s" : "2s",
    ...(redis ? { ...serversEnv(redis), ...options.env?.(n, redis) } : {}),
  }));
  const people = startPeople(wecom);
  const monitor = startMonitor(url, seed);
  const tasks = (query: Partial<TaskQuery> = {}) =>
    withStore(envs[0] ?? {}, (store) => store.tasks.list({ limit: 1_000_000, ...query }));
  const around = { stackstorm, wecom, people, monitor, url, redis, envs, passedOver, disk, tasks };
  return {
    ...around,
    starting: async () => {
      // Another process may have looked for it already.
      const open = await tasks({ states: ["starting"] });
      return open.flatMap(({ start }) => (start ? [start.requestId] : []));
    },
    judged: async () => judge(await evidenceOf(around)),
    close: async () => {
      monitor.stop();
      await people.stop();
      await Promise.all([wecom.close(), stackstorm.close(), front.close()]);
      await redis?.remove();
      disk?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The home of the campaign with these files beside it. */
function homeIn(folder: string, files: Record<string, object>): string {
  const home = join(folder, "home");
  cpSync(join(import.meta.dirname, "home"), home, { recursive: true });
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    // JSON is YAML.
    writeFileSync(join(home, path), JSON.stringify(file));
  }
  return home;
}

function environmentOf({ wecom, stackstorm }: Pick<Surroundings, "wecom" | "stackstorm">) {
  return {
    LOG_LEVEL: "error",
    WECOM_API: wecom.url,
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    ...NO_BUDGETS,
    ST2_API: stackstorm.api,
    ST2_KEY: API_KEY,
  };
}

function serversEnv({ port }: RedisServer): Record<string, string> {
  return {
    REDIS_URL: `redis://127.0.0.1:${port}`,
    ELASTICSEARCH_URL: NO_ELASTICSEARCH,
    WHALE_DRAIN: "200ms",
  };
}

/** Does something with the store of a process. */
export async function withStore<T>(
  env: Record<string, string>,
  act: (store: Pick<StorePorts, "tasks" | "state">) => Promise<T>,
): Promise<T> {
  const prepared = await prepare(env, "/");
  if (prepared.outcome === "refused") throw new Error(prepared.message);
  const { stores, dataDir } = prepared.config;
  const log = silentLog;
  const store =
    stores.kind === "embedded"
      ? openStore({ dataDir, clock: systemClock, log })
      : await openRedisStore({ ...stores.redis, log });
  return act(store).finally(() => store.close());
}

async function evidenceOf(
  around: Pick<Surroundings, "monitor" | "stackstorm" | "people" | "wecom"> & { tasks(): Promise<Task[]> },
) {
  const { monitor, stackstorm, people, wecom } = around;
  const lines = Object.values(wecom.chats()).flat();
  return {
    acknowledged: [...monitor.acknowledged.values()],
    tasks: await around.tasks(),
    rows: stackstorm.rows().map((row) => ({
      id: row.id,
      status: row.status,
      action: row.action,
      parameters: row.parameters,
      isTwin: row.twin === true,
      isLost: row.lost === true,
      requestId: (row.context as { whale?: { request_id?: string } }).whale?.request_id ?? "",
    })),
    asked: { action: "core.wait", parameters: { seconds: 0.05 } },
    approved: people.approved,
    cards: new Set(
      lines.flatMap((line) => (line.kind === "card" && line.card.taskId ? [line.card.taskId] : [])),
    ),
    messages: lines.flatMap((line) => (line.kind === "markdown" ? [line.text] : [])),
  };
}

/** Whether nothing waits and nothing is under way any more. */
export async function isQuiet({
  url,
  monitor,
  stackstorm,
}: Pick<Surroundings, "url" | "monitor" | "stackstorm">): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`, { headers: { connection: "close" } }).catch(() => null);
  if (!answer?.ok) return false;
  const { tasks, outbox, behind } = (await answer.json()) as Record<
    "tasks" | "outbox" | "behind",
    Record<string, number>
  >;
  // What StackStorm never brings to a worker runs for ever.
  const lost = stackstorm.rows().filter(({ lost, twin }) => lost === true && twin !== true).length;
  const waits = ["pending_approval", "approved", "starting"].some((state) => (tasks[state] ?? 0) > 0);
  const open = waits || (tasks["running"] ?? 0) > lost;
  const waiting = Object.values(outbox).some((count) => count > 0);
  return !open && !waiting && behind["rules"] === 0 && monitor.waiting() === 0;
}

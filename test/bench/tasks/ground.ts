import { join } from "node:path";
import { createLogger, createMetrics, systemIds } from "../../../adapters/telemetry/index.ts";
import { createBreakers } from "../../../bot/clusters/index.ts";
import type { Config } from "../../../bot/config/index.ts";
import { createDelegationKeeper } from "../../../bot/delegations/index.ts";
import type { InForce } from "../../../bot/in-force.ts";
import { createMuteKeeper } from "../../../bot/mutes/index.ts";
import { createTaskOrders, type RetryPlanner } from "../../../bot/orders/index.ts";
import { createStopKeeper } from "../../../bot/stops/index.ts";
import { prepare, prepareFiles } from "../../../bot/wire.ts";
import { fleetOver } from "../../../bot/wire-fleet.ts";
import type { Ground } from "../../../bot/work.ts";
import { createAdvancer, createChannelGates } from "../../../bot/workers/index.ts";
import { NO_MASKING } from "../../../core/pages/index.ts";
import type { Clock } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { instantDirectory, instantExecutor, instantMessenger, takingArchive } from "./instant.ts";
import type { BenchStore } from "./store.ts";

const HOME = join(import.meta.dirname, "../home");

/** The configuration and the compiled files, as a process in production has them. */
export async function configured(
  env: Readonly<Record<string, string>>,
): Promise<{ config: Config; inForce: InForce }> {
  const prepared = await prepare(env, "/");
  const files = await prepareFiles(env, HOME);
  if (prepared.outcome === "refused") throw new Error(prepared.message);
  if (files.outcome === "refused") throw new Error(files.message);
  return { config: prepared.config, inForce: files.inForce };
}

/** What the real workers stand on here: a real store, and simulators that answer at once. */
export function groundOver(
  store: BenchStore,
  { config, inForce }: { config: Config; inForce: InForce },
  clock: Clock,
): Ground {
  const log = createLogger({ level: config.logLevel, secrets: [] });
  const metrics = createMetrics({ prefix: "whale" });
  const executor = instantExecutor();
  const common = { tasks: store.tasks, clock, log };
  const advancer = createAdvancer({ ...common, metrics }, DEFAULT_SETTINGS);
  const ordering = { ...common, advancer, executor, settings: DEFAULT_SETTINGS };
  const plan: RetryPlanner = async () => ({ outcome: "planned", plan: {} });
  return {
    ...{ config, clock, inForce: () => inForce, settings: DEFAULT_SETTINGS },
    stores: {
      kind: "embedded",
      store: { ...store, check: async () => undefined },
      archive: { ...takingArchive, close: async () => undefined },
      copier: null,
      holder: "bench",
      warnings: () => [],
    },
    wecom: { messenger: instantMessenger, directory: instantDirectory },
    channelGates: createChannelGates(clock, metrics),
    executor,
    advancer,
    orders: createTaskOrders({ ...ordering, plan }),
    runs: {
      ask: async () => Promise.reject(new Error("nobody runs by hand here")),
      usableBy: async () => [],
    },
    aliases: { current: async () => ({ aliases: [], silent: [] }) },
    secrecy: { masking: NO_MASKING, actions: () => undefined },
    keeper: { refused: () => [] },
    pressure: { sheds: () => false },
    languages: {
      of: async () => config.language,
      apart: async (ids) => [[...ids]],
      choose: async () => undefined,
    },
    mutes: createMuteKeeper({ ...store, ids: systemIds, clock, log }),
    stops: createStopKeeper({ ...store, clock, log }),
    delegations: createDelegationKeeper({
      ...{ ...store, directory: instantDirectory, ids: systemIds, clock, log },
      tell: async () => undefined,
    }),
    releases: { keeper: null, clustersOf: () => null },
    fleet: fleetOver({
      ...{ executor, advancer, directory: instantDirectory, clock, log, metrics, admin: null },
      ...{ holder: "bench", isAlone: true, ids: systemIds },
      breakers: createBreakers({ clock, log }),
      inForce: () => inForce,
      store: { ...store, check: async () => undefined },
      textsFor: async () => textsOf(config.language),
      plain: (text) => text,
    }),
    rosters: { view: async () => [] },
    explainer: {
      find: async () => ({ outcome: "unknown" }),
      explain: async () => null,
      tasksOf: async () => [],
      askedBy: async () => [],
    },
    rolesOf: async () => ({ roles: [], unsure: [], against: null }),
    actions: {
      lookup: () => undefined,
      lacks: () => false,
      recheck: async () => undefined,
      lacksNow: async () => false,
    },
    packVersions: { lookup: () => undefined, read: async () => undefined, recheck: async () => undefined },
    sights: () => new Map(),
    onDeadLetters: () => undefined,
    onAppEvent: async () => undefined,
    plain: (text) => text,
    messagesIn: () => 1,
    posts: { appchat: async () => undefined, robot: async () => undefined, bot: null },
    plainId: async () => null,
    random: Math.random,
    log,
    metrics,
    onStep: () => undefined,
    crowded: () => false,
    isEven: () => true,
  };
}

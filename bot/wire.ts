import { setTimeout as pause } from "node:timers/promises";
import {
  createHomeFolder,
  formatProblems,
  type Home,
  type HomeFile,
  type HomeFolder,
  removeLocalAddress,
  writeLocalAddress,
  writeLocalToken,
} from "../adapters/files/index.ts";
import { createOutbound } from "../adapters/outbound/index.ts";
import { readJson, sourceKinds, standardForms } from "../adapters/sources/index.ts";
import { createStackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock, systemIds } from "../adapters/telemetry/index.ts";
import { createWecom, fieldFault, markdownText } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import { secretsOfAuth } from "../core/events/index.ts";
import type { JsonObject } from "../core/ids/index.ts";
import type { Clock, Directory, Logger } from "../core/ports/index.ts";
import { DEFAULT_SETTINGS, type MachineSettings } from "../core/tasks/index.ts";
import { textsOf } from "../core/texts/index.ts";
import {
  type Config,
  type Environment,
  formatFaults,
  readEnvironment,
  secretsOfStores,
} from "./config/index.ts";
import { createEnding, type Ending } from "./ending.ts";
import { BY_WATCH, createHomeKeeper, type HomeKeeper, type KeeperDeps, tellOwners } from "./home/index.ts";
import { type Cloud, cloudOver, type HttpServer, type Warning } from "./http/index.ts";
import { holdInForce, type InForce, prepareHome } from "./in-force.ts";
import { expiredTokens } from "./people.ts";
import { createPressureGate, measureMachine, startPressureSampler } from "./pressure/index.ts";
import { serverOver } from "./serve.ts";
import type { Stores } from "./stores.ts";
import { openStores } from "./wire-stores.ts";
import { freshToken } from "./wire-tools.ts";
import { startScheduler, startWork, type Work } from "./work.ts";
import type { StepObserver } from "./workers/index.ts";

/** A process that is ready to start, or everything that is wrong with what it was given. */
export type Prepared =
  | { outcome: "ready"; config: Config; home: Home; files: HomeFile[]; folder: HomeFolder }
  | { outcome: "refused"; message: string };

/** Reads and checks the environment and the files of `WHALE_HOME`. */
export async function prepare(env: Environment, cwd: string): Promise<Prepared> {
  const read = readEnvironment(env, cwd, fieldFault);
  if (read.outcome === "refused") return { outcome: "refused", message: formatFaults(read.faults) };
  const { config } = read;
  const folder = openHome(env, config.home);
  const loaded = await folder.load();
  if (loaded.outcome === "loaded") return { ...loaded, outcome: "ready", config, folder };
  return { outcome: "refused", message: formatProblems(loaded.problems) };
}

/** The files of `WHALE_HOME` alone, compiled; asks for nothing that only a running process needs. */
export async function prepareFiles(
  env: Environment,
  dir: string,
): Promise<{ outcome: "ready"; inForce: InForce } | { outcome: "refused"; message: string }> {
  const loaded = await openHome(env, dir).load();
  if (loaded.outcome === "loaded")
    return { outcome: "ready", inForce: prepareHome(loaded.home, sourceKinds) };
  return { outcome: "refused", message: formatProblems(loaded.problems) };
}

function openHome(env: Environment, dir: string): HomeFolder {
  const kinds = Object.keys(sourceKinds);
  return createHomeFolder({ dir, env, kinds, nowMs: systemClock.nowMs, checkOptions: optionsFault });
}

/** What a kind of source says against options; null when nothing. */
function optionsFault(kind: string, options: JsonObject): string | null {
  return sourceKinds[kind]?.checkOptions?.(options)?.message ?? null;
}

export interface WhaleOptions {
  config: Config;
  home: Home;
  /** The files that the home was loaded from. */
  files: HomeFile[];
  /** Where it is loaded from again, and where changes are written. */
  folder: HomeFolder;
  /** Takes the log's lines; standard output when absent. */
  logTo?: { write(line: string): void };
  /** Told of each named step; for fault campaigns. */
  onStep?: StepObserver;
  /** Waiting times that differ from the defaults. */
  settings?: Partial<MachineSettings>;
  /** The time; the machine's own when absent. */
  clock?: Clock;
  /** What is asked of the clouds' message services; over the network when absent. */
  cloud?: Cloud;
}

/** The running process. */
export interface Whale {
  host: string;
  port: number;
  log: Logger;
  /** Looks at every cluster and at WeCom; what does not answer becomes a warning of `/readyz`. */
  probe(): Promise<Warning[]>;
  /** Takes the files of the home as they are now, all or none; `by` is who asks. What is wrong is logged. */
  reload(by: string): Promise<void>;
  /**
   * Says that it leaves, stops taking requests, ends the work under way, gives its leases back, closes the stores.
   * A second call waits for the first.
   */
  close(): Promise<void>;
  /** What a close has not ended yet, by name. */
  left(): string[];
}

/** Builds every adapter and worker, and connects them. Throws when the home does not compile. */
export async function startWhale(options: WhaleOptions): Promise<Whale> {
  const parts = await openParts(options);
  const { inForce, keeper, log, clock, stores } = parts;
  const leave = { ing: false };
  let outside: Warning[] = [];
  const warnings = () => {
    const { warnings: own, tokens } = inForce.current();
    const expired = expiredTokens(tokens.values(), clock.nowMs());
    return [...own, ...expired, ...keeper.warnings(), ...stores.warnings(), ...outside];
  };
  const { config, folder } = options;
  const leaving = () => leave.ing;
  const server = serverOver(
    { ...parts, config, folder, ids: systemIds, readJson, forms: standardForms, leaving },
    warnings,
  );
  const { at, works } = await setGoing(options, parts, server);
  const { home, roles } = config;
  log.info({ ...at, home, store: stores.kind, roles }, "listening");
  const probe = async () => {
    outside = await probeOutside(parts);
    return warnings();
  };
  const reload = async (by: string) => void (await keeper.reload(by));
  const ending = createEnding();
  const close = once(async () => {
    leave.ing = true;
    await end({ ...parts, config, server, works, ending });
  });
  return { ...at, log, probe, reload, close, left: ending.left };
}

interface Leaving extends Parts {
  config: Config;
  server: HttpServer;
  works: readonly Work[];
  ending: Ending;
}

async function end(parts: Leaving): Promise<void> {
  const { config, server, works, ending, log } = parts;
  const beganMs = performance.now();
  log.info({ drainMs: config.drainMs }, "told to end: no longer ready");
  // Meanwhile the load balancer sees that, and what it still sends is taken.
  await pause(config.drainMs);
  await removeLocalAddress(config.dataDir);
  await ending.together({ requests: () => server.close() });
  for (const work of works) await work.stop(ending);
  await ending.together({ stores: () => closeParts(parts) });
  log.info({ tookMs: Math.round(performance.now() - beganMs) }, "ended, nothing left");
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}

/** Starts the workers, then takes requests. What cannot start leaves nothing behind that keeps the process alive. */
async function setGoing(options: WhaleOptions, parts: Parts, server: HttpServer) {
  const { host, port, dataDir } = options.config;
  const works: Work[] = [];
  try {
    await parts.keeper.begin();
    await writeLocalToken(dataDir, parts.localToken);
    await startParts(options, parts, works);
    works.push(await watchPressure(dataDir, parts));
    works.push(watchFiles(options.folder, parts));
    const at = await server.listen({ host, port });
    await writeLocalAddress(dataDir, at);
    return { works, at };
  } catch (error) {
    await server.close();
    for (const work of works) await work.stop(createEnding());
    await closeParts(parts);
    throw error;
  }
}

async function watchPressure(dataDir: string, parts: Parts): Promise<Work> {
  const { stores, pressure: gate, clock, log } = parts;
  const machine = () => measureMachine(stores.kind === "embedded" ? dataDir : null);
  const { journal } = stores.store;
  const sampler = await startPressureSampler({ gate, journal, machine, clock, log });
  return { stop: ({ together }) => together({ pressure: () => sampler.stop() }) };
}

/** So often the files of the home are looked at; a change is taken when they have been still for as long. */
const WATCH_FILES_MS = 1_000;

function watchFiles(folder: HomeFolder, { keeper, log }: Parts): Work {
  const onChange = async () => {
    await keeper.reload(BY_WATCH).catch((error: unknown) => {
      log.error({ reason: errorText(error) }, "files could not be read");
    });
  };
  const watch = folder.watch({ everyMs: WATCH_FILES_MS, onChange });
  return { stop: ({ together }) => together({ files: () => watch.stop() }) };
}

async function closeParts({ stackstorm, wecom, stores, outbound }: Parts): Promise<void> {
  outbound.close();
  stackstorm.close();
  wecom.close();
  await stores.archive.close();
  await stores.store.close();
}

type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts(options: WhaleOptions) {
  const { config, home, logTo, onStep = () => undefined, clock = systemClock } = options;
  const localToken = freshToken();
  const { wecom: chat, logLevel: level } = config;
  const secrets = [
    chat.corpSecret,
    chat.token,
    chat.encodingAesKey,
    localToken,
    ...secretsOfStores(config.stores),
  ];
  const log = createLogger({ level, secrets, ...(logTo ? { destination: logTo } : {}) });
  const metrics = createMetrics({ prefix: "whale" });
  const common = { clock, log, metrics, onStep };
  const compile = (next: Home) => {
    log.hide(secretsOf(next));
    return prepareHome(next, sourceKinds);
  };
  const inForce = holdInForce(compile(home));
  // Whatever may refuse its configuration comes before what holds a file or a thread.
  const wecom = createWecom(config.wecom, common);
  const stackstorm = createStackStorm({ clusters: home.clusters, ...common });
  const outbound = createOutbound({ name: "cloud", ...CLOUD_LIMITS });
  const cloud = options.cloud ?? cloudOver(outbound);
  const stores = await openStores(config, { log, clock, onCrash: endOn(log) });
  const pressure = createPressureGate({ limits: config.pressure, log, metrics });
  const keeper = keeperOver(options, { ...common, inForce, compile, stores, directory: wecom.directory });
  const made = { localToken, inForce, keeper, pressure, stores, wecom, stackstorm, outbound, cloud };
  return { ...common, ...made };
}

function keeperOver(
  { home, files, folder, config }: WhaleOptions,
  parts: Omit<KeeperDeps, "folder" | "configs" | "audit"> & { stores: Stores; directory: Directory },
): HomeKeeper {
  const { configs, audit, outbox } = parts.stores.store;
  const telling = { ...parts, outbox, texts: textsOf(config.language), plain: markdownText };
  const onRefused: KeeperDeps["onRefused"] = (problems, held) => tellOwners(problems, held, telling);
  return createHomeKeeper(
    { outcome: "loaded", home, files },
    { ...parts, folder, configs, audit, onRefused },
  );
}

/** Without its store the process can keep no promise; started anew, it goes on from what is stored. */
function endOn(log: Logger): (error: Error) => void {
  return (error) => {
    log.error({ err: error, reason: error.message }, "the store is gone, the process ends");
    process.exit(1);
  };
}

/** The clouds give up on a delivery after 5 s, so that their certificate must be there sooner. */
const CLOUD_LIMITS = { timeoutMs: 4_000, maxResponseBytes: 65_536, maxSockets: 4 };

/** What of a home must never be seen in a log line. */
function secretsOf({ clusters, sources }: Home): string[] {
  const keys = clusters.map(({ auth }) => (auth.kind === "apiKey" ? auth.apiKey : auth.password));
  const tokens = sources.flatMap(({ auth }) => secretsOfAuth(auth));
  return [...keys, ...tokens];
}

async function startParts({ config, settings }: WhaleOptions, parts: Parts, works: Work[]): Promise<void> {
  const waiting = { ...DEFAULT_SETTINGS, startWindowMs: config.startWindowMs, ...settings };
  const { stackstorm: executor } = parts;
  const ground = {
    ...parts,
    inForce: parts.inForce.current,
    config,
    settings: waiting,
    executor,
    plain: markdownText,
    random: Math.random,
    crowded: () => parts.pressure.crowded(),
  };
  if (config.roles.includes("worker")) works.push(await startWork(ground));
  if (config.roles.includes("scheduler")) works.push(startScheduler(ground));
}

async function probeOutside({ wecom, stackstorm, inForce }: Parts): Promise<Warning[]> {
  const found: Warning[] = [];
  const chat = await wecom.probe();
  if (chat.outcome === "failing") found.push({ about: "wecom", message: `${chat.reason}: ${chat.message}` });
  for (const { name } of inForce.current().clusters) {
    const cluster = await stackstorm.probe(name);
    if (cluster.outcome === "down") found.push({ about: `cluster ${name}`, message: cluster.message });
  }
  return found;
}

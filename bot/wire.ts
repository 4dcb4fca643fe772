import { randomBytes } from "node:crypto";
import {
  approvePolicy,
  createHomeFolder,
  formatProblems,
  type Home,
  type HomeFile,
  type HomeFolder,
  readLocalAddress,
  readLocalToken,
  removeLocalAddress,
  type TokenRequest,
  tokenEntry,
  writeLocalAddress,
  writeLocalToken,
} from "../adapters/files/index.ts";
import { createOutbound } from "../adapters/outbound/index.ts";
import { readJson, sourceKinds, standardForms } from "../adapters/sources/index.ts";
import { openArchive } from "../adapters/sqlite/archive/index.ts";
import { openStoreThread, type StoreThread } from "../adapters/sqlite/index.ts";
import { createStackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock, systemIds } from "../adapters/telemetry/index.ts";
import { createWecom, fieldFault, markdownText } from "../adapters/wecom/index.ts";
import { secretsOfAuth } from "../core/events/index.ts";
import type { JsonObject } from "../core/ids/index.ts";
import type { Clock, Logger } from "../core/ports/index.ts";
import { DEFAULT_SETTINGS, type MachineSettings } from "../core/tasks/index.ts";
import { createActionWatch } from "./actions/index.ts";
import { type Config, type Environment, formatFaults, readEnvironment } from "./config/index.ts";
import { createHomeKeeper, type HomeKeeper, type KeeperDeps } from "./home/index.ts";
import { type Cloud, cloudOver, type HttpServer, type Warning } from "./http/index.ts";
import { holdInForce, type InForce, prepareHome } from "./in-force.ts";
import { expiredTokens } from "./people.ts";
import { createPressureGate, measureMachine, startPressureSampler } from "./pressure/index.ts";
import { serverOver } from "./serve.ts";
import { startWork, type Work } from "./work.ts";
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
  /** Stops taking requests, ends the work under way, closes the stores. */
  close(): Promise<void>;
}

/** Builds every adapter and worker, and connects them. Throws when the home does not compile. */
export async function startWhale(options: WhaleOptions): Promise<Whale> {
  const parts = await openParts(options);
  const { inForce, keeper, log, clock, actions } = parts;
  let outside: Warning[] = [];
  const warnings = () => {
    const { warnings: own, tokens } = inForce.current();
    return [
      ...own,
      ...expiredTokens(tokens.values(), clock.nowMs()),
      ...keeper.warnings(),
      ...actions.warnings(),
      ...outside,
    ];
  };
  const { config, folder } = options;
  const server = serverOver(
    { ...parts, config, folder, ids: systemIds, readJson, forms: standardForms },
    warnings,
  );
  const { at, stop } = await setGoing(options, parts, server);
  log.info({ ...at, home: options.config.home, store: "embedded" }, "listening");
  const probe = async () => {
    outside = await probeOutside(parts);
    return warnings();
  };
  const reload = async (by: string) => void (await keeper.reload(by));
  const close = async () => {
    await removeLocalAddress(config.dataDir);
    await server.close();
    await stop();
    await closeParts(parts);
  };
  return { ...at, log, probe, reload, close };
}

/** Starts the workers, then takes requests. What cannot start leaves nothing behind that keeps the process alive. */
async function setGoing(options: WhaleOptions, parts: Parts, server: HttpServer) {
  const { host, port, dataDir } = options.config;
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => void (await Promise.all(running.map((one) => one.stop())));
  try {
    await parts.keeper.begin();
    await writeLocalToken(dataDir, parts.localToken);
    running.push(await startParts(options, parts));
    const { store, pressure: gate, clock, log } = parts;
    const machine = () => measureMachine(dataDir);
    running.push(await startPressureSampler({ gate, journal: store.journal, machine, clock, log }));
    const at = await server.listen({ host, port });
    await writeLocalAddress(dataDir, at);
    return { stop, at };
  } catch (error) {
    await server.close();
    await stop();
    await closeParts(parts);
    throw error;
  }
}

async function closeParts({ stackstorm, wecom, archive, store, outbound }: Parts): Promise<void> {
  outbound.close();
  stackstorm.close();
  wecom.close();
  await archive.close();
  await store.close();
}

type Parts = Awaited<ReturnType<typeof openParts>>;

async function openParts(options: WhaleOptions) {
  const { config, home, logTo, onStep = () => undefined, clock = systemClock } = options;
  const localToken = freshToken();
  const { wecom: chat, logLevel: level } = config;
  const secrets = [chat.corpSecret, chat.token, chat.encodingAesKey, localToken];
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
  const store = await openStoreThread({ dataDir: config.dataDir, ...common, onCrash: endOn(log) });
  const archive = await openArchive({ dataDir: config.dataDir, log }).catch(async (error: unknown) => {
    // Its thread would keep the process alive.
    await store.close();
    throw error;
  });
  const pressure = createPressureGate({ limits: config.pressure, log, metrics });
  const keeper = keeperOver(options, { ...common, inForce, compile, store });
  const actions = createActionWatch({ catalog: stackstorm, inForce: inForce.current, clock, log });
  const made = {
    actions,
    localToken,
    inForce,
    keeper,
    pressure,
    store,
    archive,
    wecom,
    stackstorm,
    outbound,
    cloud,
  };
  return { ...common, ...made };
}

function keeperOver(
  { home, files, folder }: WhaleOptions,
  parts: Omit<KeeperDeps, "folder" | "configs" | "audit"> & { store: StoreThread },
): HomeKeeper {
  const { configs, audit } = parts.store;
  return createHomeKeeper({ outcome: "loaded", home, files }, { ...parts, folder, configs, audit });
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

function startParts({ config, settings }: WhaleOptions, parts: Parts): Promise<Work> {
  const waiting = { ...DEFAULT_SETTINGS, startWindowMs: config.startWindowMs, ...settings };
  const { stackstorm: executor } = parts;
  return startWork({
    ...parts,
    inForce: parts.inForce.current,
    config,
    settings: waiting,
    executor,
    plain: markdownText,
    random: Math.random,
    crowded: () => parts.pressure.crowded(),
  });
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

/** What of the rules of a home does not fit the actions of its clusters, and which of those do not answer. */
export async function checkActions(home: Home): Promise<Warning[]> {
  const clock = systemClock;
  const log = createLogger({ level: "error", secrets: secretsOf(home) });
  const metrics = createMetrics({ prefix: "whale" });
  const catalog = createStackStorm({ clusters: home.clusters, clock, log, metrics });
  try {
    const watch = createActionWatch({ catalog, inForce: () => home, clock, log });
    await watch.refresh();
    return watch.faults();
  } finally {
    catalog.close();
  }
}

/** The text of a policy's file with the approval written into it, or why it cannot be approved. */
export function approvePolicyFile(given: {
  file: string;
  text: string;
  by: string;
}): { outcome: "approved"; text: string } | { outcome: "refused"; message: string } {
  const approved = approvePolicy({ ...given, now: new Date(systemClock.nowMs()) });
  if (approved.outcome === "approved") return approved;
  return { outcome: "refused", message: formatProblems(approved.problems) };
}

/** Where the process that runs on a data folder is reached, and by what token. Fails when there is none. */
export async function localAccess(dataDir: string): Promise<{ origin: string; token: string }> {
  return { origin: await readLocalAddress(dataDir), token: await readLocalToken(dataDir) };
}

/** A new token and the lines that it needs in tokens.yaml, or why it cannot be had. Nothing is written. */
export function newToken(given: Pick<TokenRequest, "user" | "rights" | "expires">) {
  const token = freshToken();
  return { token, ...tokenEntry({ ...given, token, now: new Date(systemClock.nowMs()) }) };
}

/** 256 random bits: nobody guesses them, and a plain hash of them cannot be searched back. */
function freshToken(): string {
  return randomBytes(32).toString("base64url");
}

import { setTimeout as wait } from "node:timers/promises";
import type { Home, HomeFile, HomeFolder } from "../adapters/files/index.ts";
import { createOutbound } from "../adapters/outbound/index.ts";
import { createHttpDuty } from "../adapters/rosters/index.ts";
import { createStackStorm, type StackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock, systemIds } from "../adapters/telemetry/index.ts";
import { createRobot, createWecom, markdownText } from "../adapters/wecom/index.ts";
import type { Clock, Directory, ImageBuilder, Logger } from "../core/ports/index.ts";
import { DEFAULT_SETTINGS, type MachineSettings } from "../core/tasks/index.ts";
import { createActionWatch, createPackWarnings } from "./actions/index.ts";
import { adminWatch } from "./admin-watch.ts";
import { type Config, secretsOfImages, secretsOfStores } from "./config/index.ts";
import { deadLetterWatch } from "./dead-letter-watch.ts";
import { createDelegationKeeper, tellDelegate } from "./delegations/index.ts";
import { createExplainer } from "./explain/index.ts";
import { createHomeKeeper, type HomeKeeper, type KeeperDeps, tellOwners } from "./home/index.ts";
import { type Cloud, cloudOver } from "./http/index.ts";
import { holdInForce, type InForceHolder, prepareHome } from "./in-force.ts";
import { createLanguages, type Languages } from "./languages/index.ts";
import { createMuteKeeper } from "./mutes/index.ts";
import { createRetryPlanner, createTaskOrders } from "./orders/index.ts";
import { roleFinder } from "./people.ts";
import { policyWatch } from "./policy-watch.ts";
import { createPressureGate } from "./pressure/index.ts";
import {
  type ActionDutyDeps,
  createActionDuty,
  createLookups,
  createRosterKeeper,
  dutyDirectory,
  type LookupDeps,
} from "./rosters/index.ts";
import { createPackWatch } from "./routing/index.ts";
import { createAliasBook, createRunDesk } from "./runs/index.ts";
import { createStopKeeper } from "./stops/index.ts";
import type { Stores } from "./stores.ts";
import { postsOver } from "./wire-channels.ts";
import { fleetOver, guardedOver } from "./wire-fleet.ts";
import { HOME_PARTS } from "./wire-home.ts";
import type { ReleaseTarget } from "./wire-release.ts";
import { robotSecrets, secrecyOver, secretsOf } from "./wire-secrets.ts";
import { openStores } from "./wire-stores.ts";
import { packDeskOver } from "./wire-target.ts";
import { freshToken } from "./wire-tools.ts";
import { createAdvancer, type StepObserver } from "./workers/index.ts";

/** What does the work, and tells which actions it has. */
export type Engine = Omit<StackStorm, "forward"> & Partial<Pick<StackStorm, "forward">>;

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
  /** What does the work in the place of StackStorm; StackStorm when absent. Without `forward` it has no gateway. */
  engine?: Engine;
  /** Where releases go; nowhere when absent. */
  releaseTarget?: ReleaseTarget;
  /** What builds images and pushes them; buildah when absent. */
  images?: ImageBuilder;
  /** What is asked of the clouds' message services; over the network when absent. */
  cloud?: Cloud;
}

export async function closeParts(parts: Parts): Promise<void> {
  const { stackstorm, wecom, stores, outbound, dutyOut, robotOut } = parts;
  parts.closePacks();
  robotOut.close();
  outbound.close();
  dutyOut.close();
  stackstorm.close();
  wecom.close();
  await stores.archive.close();
  await stores.store.close();
}

/** All adapters and what is built over them. */
export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Builds them; what may refuse its configuration first. */
export async function openParts(options: WhaleOptions) {
  const { config, home, logTo, onStep = () => undefined, clock = systemClock } = options;
  const localToken = freshToken();
  const { wecom: chat, logLevel: level } = config;
  const secrets = [
    chat.corpSecret,
    chat.token,
    chat.encodingAesKey,
    ...robotSecrets(config.admin.robotUrl),
    ...(config.aibot === null ? [] : [config.aibot.secret]),
    localToken,
    config.sessionKey,
    ...secretsOfImages(config.images),
    ...secretsOfStores(config.stores),
  ];
  const log = createLogger({ level, secrets, ...(logTo ? { destination: logTo } : {}) });
  const metrics = createMetrics({ prefix: "whale" });
  const common = { clock, log, metrics, onStep };
  const compile = (next: Home) => {
    log.hide(secretsOf(next));
    return prepareHome(next, HOME_PARTS);
  };
  const inForce = holdInForce(compile(home));
  // Whatever may refuse its configuration comes before what holds a file or a thread.
  const wecom = createWecom(config.wecom, common);
  const stackstorm: Engine = options.engine ?? createStackStorm({ clusters: home.clusters, ...common });
  const outbound = createOutbound({ name: "cloud", ...CLOUD_LIMITS });
  const cloud = options.cloud ?? cloudOver(outbound);
  const { rosters, dutyOut } = rostersOver({ ...common, inForce, executor: stackstorm });
  const directory = dutyDirectory(wecom.directory, rosters);
  const numericFields = () => inForce.current().numericFields;
  const stores = await openStores(config, { log, clock, numericFields, onCrash: endOn(log) });
  const pressure = createPressureGate({ limits: config.pressure, log, metrics });
  const { audit, state, tasks } = stores.store;
  const groups = () => inForce.current().languages;
  const languages = createLanguages({ state, groups, directory, fallback: config.language, clock, log });
  const keeper = keeperOver(options, { ...common, inForce, compile, stores, directory, languages });
  const mutes = createMuteKeeper({ state, audit, ids: systemIds, clock, log });
  const stops = createStopKeeper({ state, audit, clock, log });
  const { timeZone } = config;
  const { textsFor } = languages;
  const telling = { outbox: stores.store.outbox, textsFor, plain: markdownText, clock };
  const tell = tellDelegate({ ...telling, directory, timeZone });
  const delegations = createDelegationKeeper({
    ...{ state, audit, directory, ids: systemIds, clock, log, tell },
  });
  const rolesOf = roleFinder({ roles: () => inForce.current().roles, directory, clock, log });
  const actions = createActionWatch({ catalog: stackstorm, inForce: inForce.current, clock, log });
  const secrecy = secrecyOver(actions);
  const explainer = createExplainer({
    ...{ secrecy, archive: stores.archive, mutes, clock, inForce: inForce.current },
    ...{ journal: stores.store.journal, tasks: stores.store.tasks },
  });
  const settings: MachineSettings = {
    ...{ ...DEFAULT_SETTINGS, startWindowMs: config.startWindowMs },
    ...options.settings,
  };
  const advancer = createAdvancer({ tasks, clock, log, metrics }, settings);
  const { breakers, executor } = guardedOver(stackstorm, common);
  const plan = createRetryPlanner({
    ...{
      executor,
      catalog: stackstorm,
      inForce: inForce.current,
      isSecretKey: secrecy.masking.isSecretKey,
      clock,
    },
    event: async (id) => (await stores.archive.get(id)) ?? stores.store.journal.event(id),
  });
  const orders = createTaskOrders({ tasks, advancer, executor, plan, settings, clock, log });
  const runs = createRunDesk({
    ...{ tasks, journal: stores.store.journal, catalog: stackstorm, directory, rolesOf, settings },
    ...{ inForce: inForce.current, masking: secrecy.masking, clock, log, metrics },
    ...{ throttle: stores.store.throttle, limits: config.runs },
  });
  const clusterNames = () => inForce.current().clusters.map(({ name }) => name);
  const aliases = createAliasBook({ executor, clusters: clusterNames, clock, log });
  const fleet = fleetOver({
    ...{ ...common, breakers, executor, inForce: inForce.current, store: stores.store, advancer },
    ...{ directory, textsFor, plain: markdownText, admin: config.admin.people },
    ...{ holder: stores.holder, isAlone: stores.kind === "embedded", ids: systemIds },
  });
  const below = { fleet, secrecy, executor, stores, directory, delegations, languages, config, clock, log };
  const { images } = options;
  const packing = { ...common, ...below, textsFor, inForce: inForce.current, ids: systemIds, images };
  const packVersions = createPackWatch({ packs: stackstorm, clock });
  const made = {
    ...packDeskOver({ ...packing, clusters: home.clusters, lists: stackstorm }, options.releaseTarget),
    runs,
    aliases,
    actions,
    secrecy,
    executor,
    fleet,
    packVersions,
    packNeeds: createPackWarnings({ ...common, packVersions, inForce: inForce.current }),
    sights: fleet.sights,
    settings,
    advancer,
    orders,
    explainer,
    localToken,
    inForce,
    keeper,
    languages,
    mutes,
    delegations,
    stops,
    rolesOf,
    pressure,
    stores,
    wecom,
    stackstorm,
    outbound,
    dutyOut,
    rosters,
    directory,
    cloud,
  };
  const policies = policyWatch({
    ...{ state, ...telling, inForce: inForce.current, log },
  });
  const robotOut = createOutbound({ name: "wecom", ...ROBOT_LIMITS });
  const { holder, store } = stores;
  const { leases, throttle } = store;
  const posts = postsOver(config, { wecom, http: robotOut, leases, throttle, holder, ...common });
  const plainId = wecom.openUserIds.plain;
  const { people: admin, robotUrl: url } = config.admin;
  const adminAlerts = adminWatch({
    ...{ admin, state, language: config.language, languages, clock, log, metrics },
    ...{ directory, plain: markdownText },
    ...{ troubles: wecom.troubles, bot: posts.bot, messenger: wecom.messenger },
    askWecom: () => wecom.checkup.agent(),
    robot: url === null ? null : createRobot({ url, http: robotOut, clock, throttle }),
  });
  return {
    ...common,
    ...made,
    posts,
    plainId,
    policies,
    adminAlerts,
    robotOut,
    deadLetters: deadLetterWatch(),
  };
}

/** The robot's answers are a line; a longer wait would hold up the next alert. */
const ROBOT_LIMITS = { timeoutMs: 5_000, maxResponseBytes: 65_536, maxSockets: 2 };

/** Who is on duty, asked of files, addresses and actions. */
function rostersOver({
  inForce,
  executor,
  ...common
}: Pick<LookupDeps, "clock" | "log" | "metrics"> &
  Pick<ActionDutyDeps, "executor"> & { inForce: InForceHolder }) {
  const { clock } = common;
  const { current } = inForce;
  const dutyOut = createOutbound({ name: "duty", ...DUTY_LIMITS });
  const policies = () => current().policies;
  const action = createActionDuty({ executor, policies, ids: systemIds, clock, pause });
  const lookups = createLookups({ http: createHttpDuty(dutyOut), action, ...common });
  return { dutyOut, rosters: createRosterKeeper({ rosters: () => current().rosters, lookups, clock }) };
}

function keeperOver(
  { config, home, files, folder }: WhaleOptions,
  parts: Omit<KeeperDeps, "folder" | "configs" | "audit"> & {
    stores: Stores;
    directory: Directory;
    languages: Languages;
  },
): HomeKeeper {
  const { configs, audit, outbox } = parts.stores.store;
  const { textsFor } = parts.languages;
  const telling = { ...parts, outbox, admin: config.admin.people, textsFor, plain: markdownText };
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

const pause = (ms: number): Promise<void> => wait(ms);

/** A person waits for the answer. */
const DUTY_LIMITS = { timeoutMs: 4_000, maxResponseBytes: 65_536, maxSockets: 4 };

/** Calls the systems outside once, so that those who watch them can warn of what does not answer. */
export async function probeOutside({ wecom, fleet, inForce }: Parts): Promise<void> {
  const clusters = inForce.current().clusters.map(({ name }) => fleet.firstLook(name));
  await Promise.all([wecom.probe(), ...clusters]);
}

import { setTimeout as pause } from "node:timers/promises";
import type { HomeFolder } from "../adapters/files/index.ts";
import { removeLocalAddress, writeLocalAddress, writeLocalToken } from "../adapters/local/index.ts";
import { readJson, standardForms } from "../adapters/sources/index.ts";
import { systemIds } from "../adapters/telemetry/index.ts";
import { markdownText, textMessages } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import type { Logger } from "../core/ports/index.ts";
import { textsOf } from "../core/texts/index.ts";
import { botWarnings } from "./channels/index.ts";
import { keepMenu } from "./chat/index.ts";
import type { Config } from "./config/index.ts";
import { createEnding, type Ending } from "./ending.ts";
import { BY_WATCH } from "./home/index.ts";
import { createLongAnswers, type HttpServer, type Warning } from "./http/index.ts";
import { expiredTokens } from "./people.ts";
import { measureMachine, startPressureSampler } from "./pressure/index.ts";
import type { Releases } from "./releases/index.ts";
import { serverOver } from "./serve.ts";
import { stopWarnings } from "./stops/index.ts";
import { startBuilds } from "./wire-builds.ts";
import { answererServing } from "./wire-inquiries.ts";
import { closeParts, openParts, type Parts, probeOutside, type WhaleOptions } from "./wire-parts.ts";
import { type Ground, startScheduler, startWork, type Work } from "./work.ts";
import { channelWarnings, createChannelGates, evenClock } from "./workers/index.ts";

export {
  HOME_PARTS,
  type Prepared,
  prepare,
  prepareFiles,
  prepareRules,
  type RulesReady,
  rosterFiles,
  ruleTests,
} from "./wire-home.ts";
export type { WhaleOptions } from "./wire-parts.ts";

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
  const opened = await openParts(options);
  const parts = { ...opened, channelGates: createChannelGates(opened.clock, opened.metrics) };
  const { inForce, keeper, deadLetters, policies, actions, log, clock, stores } = parts;
  const leave = { ing: false };
  const warnings = async () => {
    const { warnings: own, tokens } = inForce.current();
    const expired = expiredTokens(tokens.values(), clock.nowMs());
    // Another process may have taken the order, or this one before it was started anew.
    await parts.stops.refresh();
    return [
      ...own,
      ...expired,
      ...keeper.warnings(),
      ...stores.warnings(),
      ...deadLetters.warnings(),
      ...policies.warnings(),
      ...actions.warnings(),
      ...parts.packNeeds.warnings(),
      ...parts.adminAlerts.warnings(),
      ...channelWarnings(parts.channelGates),
      ...parts.rosters.warnings(),
      ...parts.fleet.warnings(),
      ...stopWarnings(parts.stops.current()),
      ...botWarnings(parts.posts.bot, inForce.current().groups),
    ];
  };
  const { config, folder } = options;
  const leaving = () => leave.ing;
  const { forward } = parts.stackstorm;
  const answerer = answererServing(parts, { timeZone: config.timeZone, plain: markdownText });
  const server = serverOver(
    {
      ...{ ...parts, answerer, config, folder, ids: systemIds, readJson, forms: standardForms, leaving },
      ...{ actionLists: parts.stackstorm, longAnswers: createLongAnswers() },
      ...{ door: forward ? { forward } : null },
    },
    warnings,
  );
  const { at, works } = await setGoing(options, parts, server);
  const { home, roles } = config;
  log.info({ ...at, home, store: stores.kind, roles }, "listening");
  // Not waited for: WeCom may hang, and takes the address of callbacks only when this listens.
  void keepMenu({ wecom: parts.wecom, texts: textsOf(config.language), log });
  const probe = async () => {
    await probeOutside(parts);
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

type WorkParts = Parts & Pick<Ground, "channelGates">;

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
async function setGoing(options: WhaleOptions, parts: WorkParts, server: HttpServer) {
  const { host, port, dataDir } = options.config;
  const works: Work[] = [];
  try {
    await parts.keeper.begin();
    await writeLocalToken(dataDir, parts.localToken);
    await startParts(options, parts, works);
    works.push(await watchPressure(dataDir, parts));
    works.push(watchFiles(options.folder, parts));
    works.push(watchAdmin(parts));
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

function watchAdmin({ adminAlerts }: Parts): Work {
  const watch = adminAlerts.start();
  return { stop: ({ together }) => together({ admin: () => watch.stop() }) };
}

/** The end does not wait for them: they change nothing, and a cluster that hangs would hold that up. */
function watchActions({ actions, packNeeds }: Parts): Work {
  const watches = [actions.start(), packNeeds.start()];
  return {
    stop: async () => {
      for (const watch of watches) void watch.stop();
    },
  };
}

function keepReleases(start: Releases["start"]): Work {
  const loop = start();
  return { stop: ({ together }) => together({ releases: () => loop.stop() }) };
}

async function startParts({ config, clock }: WhaleOptions, parts: WorkParts, works: Work[]): Promise<void> {
  const ground = {
    ...parts,
    // One that is given is relied on.
    isEven: clock ? () => true : evenClock({ ...parts, elapsedMs: () => performance.now() }),
    inForce: parts.inForce.current,
    config,
    wecom: { messenger: parts.wecom.messenger, directory: parts.directory },
    plain: markdownText,
    messagesIn: (markdown: string) => textMessages(markdown).length,
    random: Math.random,
    onDeadLetters: parts.deadLetters.note,
    onAppEvent: parts.adminAlerts.onEvent,
    crowded: () => parts.pressure.crowded(),
  };
  // Each process looks for itself: what one cannot reach, another may.
  const looking = parts.fleet.start();
  works.push({ stop: ({ together }) => together({ fleet: () => looking.stop() }) });
  if (config.roles.includes("worker")) {
    works.push(await startWork(ground));
    const building = startBuilds(parts.builds, parts);
    works.push({ stop: ({ together }) => together({ builds: () => building.stop() }) });
  }
  const { start } = parts.releases;
  if (config.roles.includes("worker") && start) works.push(keepReleases(start));
  // Pages ask it too: which parameters are secret.
  if (config.roles.some((role) => role !== "scheduler")) works.push(watchActions(parts));
  if (!config.roles.includes("scheduler")) return;
  works.push(startScheduler(ground));
  const watch = parts.policies.start();
  works.push({ stop: ({ together }) => together({ policies: () => watch.stop() }) });
}

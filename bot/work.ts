import { randomUUID } from "node:crypto";
import type { StoreThread } from "../adapters/sqlite/index.ts";
import type { Wecom } from "../adapters/wecom/index.ts";
import { errorText } from "../core/errors.ts";
import type { Archive, Clock, Executor, InboxClaim, Logger, Metrics } from "../core/ports/index.ts";
import type { MachineSettings } from "../core/tasks/index.ts";
import type { ActionWatch } from "./actions/index.ts";
import { handleClick, handleText } from "./chat/index.ts";
import type { Config } from "./config/index.ts";
import type { InForce } from "./in-force.ts";
import type { PressureGate } from "./pressure/index.ts";
import {
  type Advancer,
  createAdvancer,
  createDeliver,
  createStarter,
  createViewer,
  type Loop,
  resumeStarts,
  type StepObserver,
  startArchiver,
  startFollower,
  startInboxWorker,
  startJanitor,
  startOutboxWorker,
  startReplayWorker,
  startRulesWorker,
  startTaskWorker,
  type Viewer,
} from "./workers/index.ts";

/** Everything the workers stand on. */
export interface Ground {
  config: Config;
  settings: MachineSettings;
  inForce: () => InForce;
  store: Pick<
    StoreThread,
    "journal" | "inbox" | "tasks" | "outbox" | "throttle" | "replays" | "audit" | "onWrite"
  >;
  archive: Archive;
  wecom: Pick<Wecom, "messenger" | "directory">;
  executor: Executor;
  actions: ActionWatch;
  pressure: Pick<PressureGate, "sheds">;
  /** Makes text of events and people plain in the channel's markup. */
  plain: (text: string) => string;
  /** A number in [0, 1). */
  random: () => number;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
  /** Whether intake has so much to do that what can wait gives way. */
  crowded: () => boolean;
}

/** The workers of one process. */
export interface Work {
  /** Ends after the rounds and jobs under way. */
  stop(): Promise<void>;
}

/** Starts every worker, and looks for the starts that the process before left open. */
export async function startWork(ground: Ground): Promise<Work> {
  const { store, archive, executor, inForce, settings, config, clock, log, metrics, onStep } = ground;
  const { crowded } = ground;
  const actions = ground.actions.lookup;
  const catalog = ground.actions.start();
  const { journal, inbox, tasks, outbox, throttle, replays, audit } = store;
  const busy = () => crowded() || ground.pressure.sheds();
  const common = { clock, log, metrics, onStep };
  const holder = randomUUID();
  const { language, timeZone } = config;
  const { messenger, directory } = ground.wecom;
  const advancer = createAdvancer({ tasks, ...common }, settings);
  const view = createViewer({ directory, journal, archive, language, timeZone, plain: ground.plain });
  const starter = createStarter({ advancer, executor, inForce, onStep });
  const deliver = createDeliver({ tasks, outbox, journal, messenger, directory, advancer, view, ...common });

  // Not waited for: a cluster that hangs must not keep alerts out.
  const resuming = resumeStarts(tasks, starter).then(
    (resumed) => log.info({ resumed }, "starts of the process before were looked for"),
    (error: unknown) => log.warn({ reason: errorText(error) }, "starts are looked for when they fall due"),
  );
  const clusters = () => inForce().clusters.map((cluster) => cluster.name);
  const follower = await startFollower({ tasks, advancer, executor, clusters, ...common });
  const live = { atMs: 0 };
  const liveAtMs = () => live.atMs;
  const loops = {
    rules: startRulesWorker({
      actions,
      journal,
      tasks,
      advancer,
      inForce,
      settings,
      holder,
      crowded,
      ...common,
    }),
    tasks: startTaskWorker({ tasks, advancer, starter, holder, ...common }),
    outbox: startOutboxWorker({ outbox, deliver, random: ground.random, ...common }),
    inbox: startInboxWorker({ inbox, handle: inboxHandler(ground, { advancer, view }), ...common }),
    archiver: startArchiver({ journal, archive, holder, crowded, ...common }),
    replays: startReplayWorker({
      ...{ actions, replays, archive, journal, tasks, audit, inForce, settings, busy, liveAtMs, ...common },
    }),
  };
  const janitor = startJanitor({
    ...{ journal, inbox, throttle, tasks, outbox, archive, replays, ...common },
    ...{ keepMs: config.journalKeepMs, archiveKeepMs: config.archiveKeepMs },
    registry: () => inForce().registry,
  });
  wakeOnWrite(store, loops);
  store.onWrite((what) => {
    if (what === "journal") live.atMs = clock.nowMs();
  });
  return {
    stop: async () => {
      // Not waited for: it changes nothing, and a cluster that hangs would hold up the end.
      void catalog.stop();
      await resuming;
      const { rules, inbox: callbacks, archiver, replays: again } = loops;
      await Promise.all([rules, callbacks, archiver, again, janitor].map((loop) => loop.stop()));
      await Promise.all([loops.tasks.stop(), loops.outbox.stop(), follower.stop()]);
    },
  };
}

function wakeOnWrite(
  store: Ground["store"],
  loops: Record<"rules" | "archiver" | "tasks" | "outbox" | "inbox" | "replays", Loop>,
): void {
  store.onWrite((what) => {
    if (what !== "journal") return loops[what].wake();
    loops.rules.wake();
    loops.archiver.wake();
  });
}

function inboxHandler(
  ground: Ground,
  made: { advancer: Advancer; view: Viewer },
): (item: InboxClaim) => Promise<void> {
  const { store, executor, inForce, settings, clock, log, metrics, onStep } = ground;
  const common = { tasks: store.tasks, clock, log, metrics, onStep };
  const { directory } = ground.wecom;
  const rules = () => inForce().rules;
  const clicks = {
    directory,
    advancer: made.advancer,
    rules,
    clusters: () => inForce().clusters,
    settings,
    ...common,
  };
  const messages = { outbox: store.outbox, executor, view: made.view, ...common };
  return async ({ payload, key }) => {
    if (payload.kind === "click") return handleClick(payload, key, clicks);
    if (payload.kind === "text") return handleText(payload, key, messages);
    log.info({ event: payload.event, by: payload.userId }, "WeCom event noted");
  };
}

import type { Wecom } from "../adapters/wecom/index.ts";
import type { ClusterSights } from "../core/clusters/index.ts";
import { errorText } from "../core/errors.ts";
import { type Secrecy, showingRuns, taskLinks } from "../core/pages/index.ts";
import type { Clock, Executor, Logger, Metrics, Queue } from "../core/ports/index.ts";
import type { RunDesk, RunGrants } from "../core/runs/index.ts";
import type { MachineSettings } from "../core/tasks/index.ts";
import type { ActionWatch } from "./actions/index.ts";
import { batchViewing, deliverBatch, gatherBatch, startBatchSweep } from "./batches/index.ts";
import { createIncoming, type GroupPosts, type SenderDeps, withGroups } from "./channels/index.ts";
import { tellGivenUp } from "./chat/index.ts";
import type { Fleet } from "./clusters/index.ts";
import type { Config } from "./config/index.ts";
import type { DelegationKeeper } from "./delegations/index.ts";
import type { Ending } from "./ending.ts";
import type { Explainer } from "./explain/index.ts";
import type { HomeKeeper } from "./home/index.ts";
import type { InForce } from "./in-force.ts";
import { inboxHandler } from "./inbox-handler.ts";
import type { Languages } from "./languages/index.ts";
import type { MuteKeeper } from "./mutes/index.ts";
import type { TaskOrders } from "./orders/index.ts";
import type { RoleFinder } from "./people.ts";
import type { PressureGate } from "./pressure/index.ts";
import type { RosterKeeper } from "./rosters/index.ts";
import { createChooser, type PackWatch } from "./routing/index.ts";
import type { AliasBook } from "./runs/index.ts";
import type { StopKeeper } from "./stops/index.ts";
import type { Stores } from "./stores.ts";
import { groupCardsOver } from "./wire-group-cards.ts";
import { inquiriesOver, questionsSent } from "./wire-inquiries.ts";
import type { ReleaseDesk } from "./wire-release.ts";
import {
  type Advancer,
  ALONE,
  type ChannelGates,
  createAskAgain,
  createChannel,
  createController,
  createDeliver,
  createDigester,
  createStarter,
  createViewer,
  joinCrew,
  type Loop,
  resumeStarts,
  type StepObserver,
  startArchiver,
  startAuditCopier,
  startFollower,
  startInboxWorker,
  startJanitor,
  startOutboxWorker,
  startReplayWorker,
  startRulesWorker,
  startTaskWorker,
} from "./workers/index.ts";

/** Everything the workers stand on. */
export interface Ground {
  config: Config;
  settings: MachineSettings;
  /** Shared by all that moves tasks in this process, so that the follower hears of each. */
  advancer: Advancer;
  orders: TaskOrders;
  runs: RunDesk & RunGrants;
  aliases: AliasBook;
  inForce: () => InForce;
  languages: Pick<Languages, "of" | "apart" | "choose">;
  mutes: MuteKeeper;
  delegations: DelegationKeeper;
  stops: StopKeeper;
  secrecy: Secrecy;
  keeper: Pick<HomeKeeper, "refused">;
  fleet: Fleet;
  releases: ReleaseDesk;
  rosters: Pick<RosterKeeper, "view">;
  explainer: Explainer;
  /** The roles that a person holds now. */
  rolesOf: RoleFinder;
  stores: Stores;
  wecom: Pick<Wecom, "messenger" | "directory">;
  /** What keeps calls away from WeCom while it refuses all of them. */
  channelGates: ChannelGates;
  executor: Executor;
  actions: Pick<ActionWatch, "lookup" | "lacks" | "recheck" | "lacksNow">;
  packVersions: PackWatch;
  /** What is known of the clusters at this moment. */
  sights: () => ClusterSights;
  pressure: Pick<PressureGate, "sheds">;
  /** Makes text of events and people plain in the channel's markup. */
  plain: (text: string) => string;
  /** How many messages the channel makes of a text. */
  messagesIn: (markdown: string) => number;
  /** Who writes into groups. */
  posts: GroupPosts;
  /** The userid of an encrypted id of the AI bot. */
  plainId: SenderDeps["plainId"];
  /** A number in [0, 1). */
  random: () => number;
  clock: Clock;
  /** Whether the clock may be relied on to forget what is old. */
  isEven: () => boolean;
  log: Logger;
  metrics: Metrics;
  onStep: StepObserver;
  /** Told now and then how many dead letters the archive has. */
  onDeadLetters: (count: number) => void;
  /** Told of what WeCom says of the app itself. */
  onAppEvent: (event: string) => Promise<void>;
  /** Whether intake has so much to do that what can wait gives way. */
  crowded: () => boolean;
}

/** The workers of one process. */
export interface Work {
  /** Ends after the rounds and jobs under way, and tells the ending what is not over yet. */
  stop(ending: Ending): Promise<void>;
}

/** Starts what judges, sends, starts and follows, and looks for the starts that a process before left open. */
export async function startWork(ground: Ground): Promise<Work> {
  const { stores, executor, inForce, settings, config, clock, log, metrics, onStep } = ground;
  const { crowded, mutes, delegations, stops, secrecy } = ground;
  const { store, archive, copier, holder } = stores;
  const { journal, inbox, tasks, outbox, replays, audit, leases } = store;
  const busy = () => crowded() || ground.pressure.sheds();
  const common = { clock, log, metrics, onStep };
  const { messenger, directory } = ground.wecom;
  const channel = createChannel({
    messenger,
    throttle: store.throttle,
    limits: config.budgets,
    gates: ground.channelGates,
    clock,
    metrics,
  });
  const { advancer } = ground;
  const view = createViewer({
    ...{ directory, journal, archive, secrecy, languages: ground.languages },
    ...{ timeZone: config.timeZone, plain: ground.plain, linkOf: taskLinks(config.admin.publicUrl) },
  });
  const { runs: open } = ground.fleet;
  const relistMs = stores.kind === "embedded" ? null : RELIST_MS;
  const counted = open.refresh();
  // A bound counts from the first start on; without one nobody has to wait for the count.
  if (inForce().clusters.some(({ capacity }) => capacity !== undefined)) await counted;
  const chooser = createChooser({
    inForce,
    sights: ground.sights,
    open,
    actions: ground.actions,
    packs: ground.packVersions,
  });
  // What people stop and drain counts for the very next start.
  const refresh = async () => void (await Promise.all([stops.refresh(), ground.fleet.drains.refresh()]));
  const starter = createStarter({
    ...{ tasks, advancer, executor, inForce, chooser, open, clock, onStep },
    stops: { refresh, current: stops.current },
  });
  const controller = createController({ advancer, executor, clock });
  const judging = { secrecy, inForce, mutes, clock };
  const askAgain = createAskAgain({ ...judging, journal, archive, tasks, outbox, advancer, settings, log });
  const viewing = batchViewing(view);
  const batching = { outbox, tasks, state: store.state, clock, log, metrics };
  const toPeople = createDeliver({
    askAgain,
    confirmSent: ground.fleet.upgrades.cardSent,
    batches: {
      tasks,
      gather: (claim) => gatherBatch(claim, batching),
      deliver: (claim) => {
        return deliverBatch(claim, { ...batching, channel, directory, delegations, advancer, ...viewing });
      },
    },
    ...{ outbox, journal, tasks, channel, directory, delegations, advancer, view, executor },
    shown: showingRuns(secrecy),
    ...{ apart: ground.languages.apart, admin: config.admin.people },
    ...{ throttle: store.throttle, rules: () => inForce().rules, messagesIn: ground.messagesIn, ...common },
  });
  const { posts } = ground;
  const groups = () => inForce().groups;
  const withCards = questionsSent(toPeople, ground, { view, channel });
  const cards = groupCardsOver(ground, view);
  const deliver = withGroups(withCards, { posts, groups, outbox, tasks, cards, view, ...common });
  const digest = createDigester({ outbox, channel, view, ...common });

  // Not waited for: a cluster that hangs must not keep alerts out.
  const resuming = resumeStarts(tasks, starter).then(
    (resumed) => log.info({ resumed }, "starts of the process before were looked for"),
    (error: unknown) => log.warn({ reason: errorText(error) }, "starts are looked for when they fall due"),
  );
  const clusters = () => inForce().clusters.map((cluster) => cluster.name);
  const inquiries = inquiriesOver(ground, view);
  const following =
    stores.kind === "embedded" ? ALONE : await joinCrew({ ...FOLLOWERS, leases, log, holder });
  const follower = await startFollower({
    ...{ tasks, advancer, executor: inquiries.executor, clusters, relistMs, crew: following, ...common },
  });
  const live = { atMs: 0 };
  const liveAtMs = () => live.atMs;
  const crew = stores.kind === "embedded" ? ALONE : await joinCrew({ leases: store.leases, log, holder });
  const loops = {
    rules: startRulesWorker({
      ...{ secrecy, journal, tasks, advancer, inForce, mutes, settings, holder, crew, crowded, ...common },
    }),
    tasks: startTaskWorker({ tasks, advancer, starter, controller, holder, ...common }),
    outbox: startOutboxWorker({ outbox, deliver, digest, random: ground.random, ...common }),
    inbox: startInboxWorker({
      ...{ inbox, handle: inboxHandler(ground, view), ...common },
      onGivenUp: (item) => tellGivenUp(item, { outbox, view, clock }),
    }),
    archiver: startArchiver({ journal, archive, copier, holder, crew, crowded, ...common }),
    auditCopier: startAuditCopier({ audit, copy: archive.audit, leases, holder, clock, log }),
    replays: startReplayWorker({
      ...{
        secrecy,
        replays,
        archive,
        journal,
        tasks,
        audit,
        inForce,
        mutes,
        settings,
        busy,
        liveAtMs,
        ...common,
      },
    }),
  };
  wakeOnWrite(store, loops);
  const { language } = config;
  const hearing = { inbox, cards, language, clock, log, metrics };
  posts.bot?.start(createIncoming({ bot: posts.bot, ...hearing }));
  store.onWrite((what) => {
    if (what === "journal") live.atMs = clock.nowMs();
  });
  return {
    stop: async ({ together }) => {
      const { tasks: due, outbox: messages, ...makers } = loops;
      // First what makes tasks and messages, then what works on them.
      await together({
        inquiries: () => inquiries.watch.stop(),
        resuming: () => resuming,
        crew: () => crew.leave(),
        ...endsOf(makers),
      });
      await together({ ...endsOf({ tasks: due, outbox: messages }), follower: () => follower.stop() });
      // Last, so that nobody else takes over what is still being read here.
      await following.leave();
      await together({ aibot: async () => posts.bot?.close() });
    },
  };
}

/** How soon executions whose follower is gone are followed by another. */
const RELIST_MS = 15_000;
/** Who is gone is missed soon: that two follow one cluster for a while does no harm. */
const FOLLOWERS = { prefix: "follower:", lookMs: 1_500, leaseMs: 5_000 };

function endsOf(loops: Readonly<Record<string, Loop>>): Record<string, () => Promise<void>> {
  return Object.fromEntries(Object.entries(loops).map(([name, loop]) => [name, () => loop.stop()]));
}

/** Starts what has to be done from time to time. Of several schedulers one does it. */
export function startScheduler(ground: Ground): Work {
  const { stores, inForce, config, clock, log, metrics } = ground;
  const { journal, inbox, throttle, tasks, outbox, replays, leases } = stores.store;
  const janitor = startJanitor({
    ...{ journal, inbox, throttle, tasks, outbox, archive: stores.archive, replays, leases },
    ...{ holder: stores.holder, clock, isEven: ground.isEven, log, metrics },
    ...{ keepMs: config.journalKeepMs, archiveKeepMs: config.archiveKeepMs, taskKeepMs: config.taskKeepMs },
    registry: () => inForce().registry,
    onDeadLetters: ground.onDeadLetters,
  });
  const sweep = startBatchSweep({ state: stores.store.state, tasks, outbox, clock, log });
  return { stop: ({ together }) => together({ janitor: () => janitor.stop(), batches: () => sweep.stop() }) };
}

function wakeOnWrite(
  store: Stores["store"],
  loops: Record<"rules" | "archiver" | Exclude<Queue, "journal" | "state">, Loop>,
): void {
  store.onWrite((what) => {
    // What people ordered is no queue: nobody works it off.
    if (what === "state") return;
    if (what !== "journal") return loops[what].wake();
    loops.rules.wake();
    loops.archiver.wake();
  });
}

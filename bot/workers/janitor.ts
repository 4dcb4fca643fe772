import { isChatOpsError } from "../../core/errors.ts";
import type { EventTypeRegistry } from "../../core/events/index.ts";
import { LANE_NAMES, LANES } from "../../core/outbox/index.ts";
import type {
  Archive,
  ArchiveRetention,
  Clock,
  Inbox,
  Journal,
  Leases,
  Logger,
  Metrics,
  Outbox,
  ReplayStore,
  TaskStore,
  ThrottleStore,
} from "../../core/ports/index.ts";
import { TASK_STATES } from "../../core/tasks/index.ts";
import { type Loop, startLoop } from "./loop.ts";

export interface JanitorDeps {
  journal: Journal;
  archive: Archive;
  inbox: Inbox;
  throttle: ThrottleStore;
  tasks: TaskStore;
  outbox: Outbox;
  replays: Pick<ReplayStore, "trim">;
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  clock: Clock;
  /** Whether the clock may be relied on to forget what is old (`evenClock`). */
  isEven: () => boolean;
  log: Logger;
  metrics: Metrics;
  /** How long events stay after every reader has passed, in milliseconds. */
  keepMs: number;
  /** How long events stay in the archive, in milliseconds, where their type does not say. */
  archiveKeepMs: number;
  /** How long tasks stay after they have ended and last changed, in milliseconds. */
  taskKeepMs: number;
  /** The event types in force now. */
  registry: () => EventTypeRegistry;
  /** Told how many dead letters the archive has. */
  onDeadLetters: (count: number) => void;
}

const ROUND_MS = 60_000;
const LEASE = "janitor";
/** A round may take long where an archive is busy. */
const LEASE_MS = 3 * ROUND_MS;
const INBOX_KEEP_MS = 2 * 86_400_000;
const REPLAY_KEEP_MS = 30 * 86_400_000;

/**
 * Forgets what nobody needs any more, and tells the gauges how things stand. Of several processes one forgets: two
 * that drop the same index would only fail each other. Each has gauges of its own. By a clock that has leapt nothing is
 * forgotten.
 */
export function startJanitor(deps: JanitorDeps): Loop {
  const { clock, log, leases, holder } = deps;
  const held = { fence: 0 };
  const round = async () => {
    const lease = await leases.acquire(LEASE, holder, LEASE_MS);
    held.fence = lease.outcome === "held" ? lease.fence : 0;
    const forgets = deps.isEven() && lease.outcome === "held";
    if (forgets) await forget(deps);
    await measure(deps);
    await countDeadLetters(deps);
    if (forgets) await forgetArchived(deps);
    return { more: false, nextDueAtMs: clock.nowMs() + ROUND_MS };
  };
  const loop = startLoop({ name: "janitor", clock, log, maxIdleMs: ROUND_MS, round });
  const stop = async () => {
    await loop.stop();
    // Where the store does not answer any more, the lease ends by itself.
    if (held.fence > 0) await leases.release(LEASE, held.fence).catch(() => false);
  };
  return { wake: () => loop.wake(), stop };
}

async function forget(deps: JanitorDeps): Promise<void> {
  const { journal, inbox, throttle, tasks, replays, clock, log, keepMs, taskKeepMs } = deps;
  const nowMs = clock.nowMs();
  const events = await journal.trim(nowMs - keepMs);
  // A grant is remembered as long as its event can still be read again.
  const grants = await throttle.trim(nowMs - keepMs);
  const callbacks = await inbox.trim(nowMs - INBOX_KEEP_MS);
  const ended = await replays.trim(nowMs - REPLAY_KEEP_MS);
  const over = await tasks.trim(nowMs - taskKeepMs);
  if (events + grants + callbacks + ended + over > 0)
    log.info({ events, grants, callbacks, replays: ended, tasks: over }, "old entries forgotten");
}

/** While the archive is away the number that was told last stands. */
async function countDeadLetters({ archive, log, metrics, onDeadLetters }: JanitorDeps): Promise<void> {
  const count = await archive.deadLetters.count().catch(putOff(log, "dead letters cannot be counted now"));
  if (count === null) return;
  metrics.gauge("archive_dead_letters", count);
  onDeadLetters(count);
}

async function forgetArchived(deps: JanitorDeps): Promise<void> {
  const { archive, clock, log, registry, archiveKeepMs } = deps;
  const events = await archive
    .forget(retentionOf(registry(), archiveKeepMs), clock.nowMs())
    .catch(putOff(log, "the archive forgets nothing now"));
  if (events !== null && events > 0) log.info({ events }, "old events forgotten by the archive");
}

/** What is away now is asked again in the next round; everything else goes on. */
function putOff(log: Logger, message: string): (error: unknown) => null {
  return (error) => {
    if (!isChatOpsError(error) || !error.retryable) throw error;
    log.warn({ code: error.code, reason: error.message }, message);
    return null;
  };
}

function retentionOf(registry: EventTypeRegistry, defaultKeepMs: number): ArchiveRetention {
  const own = [...registry].flatMap(([type, { declared }]) =>
    declared.keepMs === undefined ? [] : [[type, declared.keepMs] as const],
  );
  return { defaultKeepMs, byType: Object.fromEntries(own) };
}

async function measure({ journal, tasks, outbox, clock, metrics }: JanitorDeps): Promise<void> {
  const counts = await tasks.countByState();
  for (const state of TASK_STATES) metrics.gauge("tasks", counts[state] ?? 0, { state });
  for (const [kind, waiting] of Object.entries(await outbox.depth()))
    metrics.gauge("outbox_waiting", waiting, { kind });
  const oldest = await outbox.oldest();
  for (const lane of LANES) {
    const ageMs = Math.max(0, clock.nowMs() - (oldest[lane] ?? clock.nowMs()));
    metrics.gauge("outbox_oldest_seconds", ageMs / 1000, { lane: LANE_NAMES[lane] });
  }
  for (const reader of ["rules", "archive"] as const) {
    metrics.gauge("journal_behind", await journal.lag(reader), { reader });
  }
}

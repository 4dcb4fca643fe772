import { type ChatOpsError, errorText } from "../../core/errors.ts";
import type { BotState, BotStatus, Clock, Leases, Logger, Metrics } from "../../core/ports/index.ts";
import type { CheckedAibotConfig } from "./config.ts";
import { BAD_CREDENTIALS, elsewhere, WRONG_MODE } from "./errors.ts";
import type { Reading } from "./schema.ts";
import { openSession, type Session, type SessionEnd } from "./session.ts";

export interface KeeperDeps {
  config: CheckedAibotConfig;
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  onReading: (reading: Reading) => void;
}

/** Keeps the one connection that all processes have together: in this process, or ready to take it over. */
export interface Keeper {
  /** The live connection. Throws `aibot.elsewhere` when there is none here. */
  session(): Session;
  status(): BotStatus;
  start(): void;
  close(): Promise<void>;
}

const STATES: readonly BotState[] = ["standby", "connecting", "live", "stopped"];
/** Nothing changes these but a person, so that asking again would only get the bot locked out. */
const FINAL: readonly string[] = [BAD_CREDENTIALS, WRONG_MODE];
const LONGEST_PAUSES = 60;
/** A connection that lived as long forgives the failures before it. */
const STEADY_PAUSES = 60;

/** What one keeper knows of itself. */
interface Watch extends KeeperDeps {
  lease: Lease;
  sleeper: Sleeper;
  status: BotStatus;
  session: Session | null;
  closing: boolean;
  /** Connections in a row that were no good. */
  failures: number;
}

export function createKeeper(deps: KeeperDeps): Keeper {
  const status: BotStatus = { state: "standby", sinceMs: deps.clock.nowMs(), why: "" };
  const own = { lease: createLease(deps), sleeper: createSleeper() };
  const watch: Watch = { ...deps, ...own, status, session: null, closing: false, failures: 0 };
  let running = Promise.resolve();
  return {
    session: () => {
      if (watch.session === null || watch.status.state !== "live") throw elsewhere();
      return watch.session;
    },
    status: () => watch.status,
    start: () => {
      running = run(watch);
    },
    close: async () => {
      watch.closing = true;
      watch.session?.close();
      watch.sleeper.wake();
      await running;
      await watch.lease.release();
    },
  };
}

async function run(watch: Watch): Promise<void> {
  const { lease, sleeper, config } = watch;
  while (!watch.closing && watch.status.state !== "stopped") {
    if (await lease.take(sleeper.woken)) {
      await connect(watch);
    } else {
      enter(watch, "standby", "");
      await sleeper.sleep(config.renewMs);
    }
  }
}

function enter(watch: Watch, state: BotState, why = watch.status.why): void {
  const { status, clock, metrics } = watch;
  watch.status = { state, sinceMs: state === status.state ? status.sinceMs : clock.nowMs(), why };
  for (const one of STATES) metrics.gauge("aibot_state", one === state ? 1 : 0, { state: one });
}

async function connect(watch: Watch): Promise<void> {
  enter(watch, "connecting");
  const session = openSession(watch);
  watch.session = session;
  const how = await lifeOf(session, watch);
  watch.session = null;
  if (!watch.closing) await after(how, watch);
}

/** Until the connection ends, or the lease does. */
async function lifeOf(session: Session, watch: Watch): Promise<SessionEnd> {
  const { lease, clock, log, config } = watch;
  const over = new AbortController();
  const ended = session.ended.finally(() => over.abort());
  const renewing = lease.hold(over.signal).then((held) => {
    if (!held) session.close();
  });
  if (await session.ready) {
    enter(watch, "live", "");
    log.info({}, "the AI bot is connected");
  }
  const how = await ended;
  await renewing;
  const { state, sinceMs } = watch.status;
  const isSteady = clock.nowMs() - sinceMs > STEADY_PAUSES * config.pauseMs;
  if (state === "live" && isSteady) watch.failures = 0;
  return how;
}

async function after(how: SessionEnd, watch: Watch): Promise<void> {
  const { metrics, log, lease, sleeper, config } = watch;
  metrics.count("aibot_ends", { outcome: how.outcome });
  if (how.outcome === "refused" && FINAL.includes(how.error.code)) return stop(how.error, watch);
  const why = whyOf(how);
  log.warn({ outcome: how.outcome, why }, "the AI bot's connection ended");
  enter(watch, "connecting", why);
  watch.failures += 1;
  const kicked = how.outcome === "kicked";
  // Whoever kicked is connected: to kick back at once would go on for ever.
  const pauses = Math.min(LONGEST_PAUSES, 2 ** (watch.failures - 1) * (kicked ? 5 : 1));
  if (kicked) await lease.release();
  await sleeper.sleep(pauses * config.pauseMs);
}

async function stop(error: ChatOpsError, watch: Watch): Promise<void> {
  watch.log.error({ code: error.code, reason: error.message }, "the AI bot is refused and stays off");
  enter(watch, "stopped", error.message);
  await watch.lease.release();
}

function whyOf(how: SessionEnd): string {
  if (how.outcome === "refused") return how.error.message;
  if (how.outcome === "kicked") return "another program has connected as this bot";
  return "why" in how ? how.why : "the lease was lost";
}

/** The lease on the connection. */
interface Lease {
  /** Whether it is ours now. A store that cannot be asked says no, and so does the end of our patience. */
  take(patience: Promise<null>): Promise<boolean>;
  /** Renews it until it is told to end: true; or until it is lost, or could not be renewed in time: false. */
  hold(signal: AbortSignal): Promise<boolean>;
  release(): Promise<void>;
}

/** What the lease on a bot's connection is called. */
export function leaseName(botId: string): string {
  return `aibot:${botId}`;
}

function createLease({ config, leases, holder, clock, log }: KeeperDeps): Lease {
  const { leaseMs, renewMs } = config;
  const name = leaseName(config.botId);
  let fence: number | null = null;

  const ask = async (): Promise<number | null> => {
    const answer = await leases.acquire(name, holder, leaseMs);
    return answer.outcome === "held" ? answer.fence : null;
  };
  const take = async (patience: Promise<null>): Promise<boolean> => {
    const asked = ask().catch((error: unknown) => {
      log.warn({ reason: errorText(error) }, "the lease on the AI bot could not be asked for");
      return null;
    });
    fence = await Promise.race([asked, patience]);
    return fence !== null;
  };

  /** Another process may connect as soon as the lease is over, whether or not we could ask. */
  const hold = async (signal: AbortSignal): Promise<boolean> => {
    const sleeper = createSleeper();
    signal.addEventListener("abort", () => sleeper.wake());
    let heldAtMs = clock.nowMs();
    for (;;) {
      await sleeper.sleep(renewMs);
      if (signal.aborted) return true;
      const askedAtMs = clock.nowMs();
      const held = await Promise.race([ask().catch(() => undefined), sleeper.sleep(renewMs)]);
      if (held === fence && held !== null) heldAtMs = askedAtMs;
      else if (held !== undefined) return false;
      // The next look is two pauses away.
      else if (Math.abs(clock.nowMs() - heldAtMs) + 2 * renewMs >= leaseMs) return false;
    }
  };

  const release = async (): Promise<void> => {
    const held = fence;
    fence = null;
    // Where the store does not answer any more, the lease ends by itself.
    if (held !== null) await leases.release(name, held).catch(() => false);
  };
  return { take, hold, release };
}

/** A pause that can be cut short; once woken it pauses no more. */
interface Sleeper {
  sleep(ms: number): Promise<undefined>;
  wake(): void;
  woken: Promise<null>;
}

function createSleeper(): Sleeper {
  const awake = Promise.withResolvers<null>();
  let woken = false;
  let ring: (() => void) | null = null;
  return {
    sleep: async (ms) => {
      if (woken) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return undefined;
    },
    woken: awake.promise,
    wake: () => {
      woken = true;
      awake.resolve(null);
      ring?.();
    },
  };
}

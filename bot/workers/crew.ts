import { errorText } from "../../core/errors.ts";
import type { Leases, Logger } from "../../core/ports/index.ts";

/** The processes that share the reading of the journal. */
export interface Crew {
  /** Whether this process should read a partition, as far as it knows who else is there. */
  isMine(partition: number): boolean;
  /** Leaves the others its part at once. */
  leave(): Promise<void>;
}

export interface CrewDeps {
  leases: Leases;
  log: Logger;
  holder: string;
  /** What the lease of each member begins with. Default `worker:`. */
  prefix?: string;
  /** How often each says that it is there, in milliseconds. Default 3 s. */
  lookMs?: number;
  /** After so long without that it counts as gone, in milliseconds. Default 12 s. */
  leaseMs?: number;
  /** Runs something again and again until it is stopped. */
  every?: (ms: number, run: () => void) => { stop(): void };
}

/** The crew of a store that no other process shares. */
export const ALONE: Crew = { isMine: () => true, leave: async () => undefined };

const PREFIX = "worker:";
const LOOK_MS = 3_000;
const LEASE_MS = 12_000;

/**
 * Joins those who are at work and learns who they are; each then takes every n-th partition. Two may think
 * differently for some seconds: the lease of each partition decides which of them reads. Whoever cannot ask the
 * store goes on with what it knew.
 */
export async function joinCrew(deps: CrewDeps): Promise<Crew> {
  const { leases, log, holder, every = onTimer } = deps;
  const { prefix = PREFIX, lookMs = LOOK_MS, leaseMs = LEASE_MS } = deps;
  const own = `${prefix}${holder}`;
  let members: string[] = [own];
  let fence: number | null = null;
  let looking = Promise.resolve();
  const look = async () => {
    const answer = await leases.acquire(own, holder, leaseMs);
    fence = answer.outcome === "held" ? answer.fence : null;
    const found = await leases.held(prefix);
    if (found.join() !== members.join()) log.info({ members: found }, "crew changed");
    members = found.includes(own) ? found : [...found, own].sort();
  };
  const lookAgain = (): Promise<void> =>
    look().catch((error: unknown) =>
      log.warn({ reason: errorText(error) }, "who else is at work is not known"),
    );
  await lookAgain();
  const timer = every(lookMs, () => {
    looking = looking.then(lookAgain);
  });
  return {
    isMine: (partition) => members[partition % members.length] === own,
    leave: async () => {
      timer.stop();
      await looking;
      if (fence !== null) await leases.release(own, fence).catch(() => false);
    },
  };
}

function onTimer(ms: number, run: () => void): { stop(): void } {
  const timer = setInterval(run, ms);
  return { stop: () => clearInterval(timer) };
}

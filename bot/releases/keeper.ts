import { errorText } from "../../core/errors.ts";
import { isReleaseOver, type Release, tellingOf } from "../../core/releases/index.ts";
import { type Loop, startLoop } from "../workers/loop.ts";
import { ask, type ReleaseAsk, type ReleaseAsked, type ReleaseWish, take } from "./asking.ts";
import { releaseStep } from "./deeds.ts";
import type { DriftWatch } from "./drift.ts";
import { changed, findNamed, move, type ReleasesDeps, type ReleaseTaken, recorded } from "./moves.ts";
import { allReleases, forgetOld, freeEnded, freeOrphans, type ReleaseDocument } from "./store.ts";

/** Releases of pack sets to clusters, as every process sees them. */
export interface Releases {
  /** The newest first. */
  list(): Promise<Release[]>;
  /** By its id, or the end of it. */
  find(typed: string): Promise<Release | null>;
  /** Asks for one: nothing is done until enough others have approved it. */
  ask(what: ReleaseAsk): Promise<ReleaseAsked>;
  /** Does what a person wants. */
  take(wish: ReleaseWish): Promise<ReleaseTaken>;
  /** How clusters differ from what was released to them. */
  drift: DriftWatch;
  /** Takes each release as far as it goes now, and gives those that are not over. Of several processes one does. */
  round(): Promise<Release[]>;
  start(): Loop;
}

const LEASE = "releases";
/** So long after its holder has died another process goes on; who lives renews it, however long a deed takes. */
const LEASE_MS = 60_000;
const RENEW_MS = LEASE_MS / 3;
const ROUND_MS = 2_000;
const SHORTEST_MS = 250;
/** So many steps of one release in one round, so that others have their turn. */
const MOST_STEPS = 20;
const MACHINE = "whale";

export function createReleases(deps: ReleasesDeps): Releases {
  const { state, clock, log } = deps;
  return {
    list: () => allReleases(state),
    find: async (typed) => (await findNamed(typed, deps))?.body ?? null,
    ask: (what) => ask(what, deps),
    take: (wish) => take(wish, deps),
    drift: deps.drift,
    round: () => round(deps),
    start: () =>
      startLoop({
        ...{ name: "releases", clock, log, maxIdleMs: ROUND_MS },
        round: async () => {
          const releases = await round(deps);
          const nowMs = clock.nowMs();
          return { more: false, nextDueAtMs: nowMs + pauseOver(releases, nowMs) };
        },
      }),
  };
}

/** What has just begun a step is looked at soon, and then ever less often. */
function pauseOver(releases: readonly Release[], nowMs: number): number {
  const waits = releases.map(({ since }) => Math.max(SHORTEST_MS, nowMs - Date.parse(since)));
  return Math.min(ROUND_MS, ...waits);
}

/** Said before it is remembered as said. That nobody can be told holds nothing up. */
async function toldOf(
  found: ReleaseDocument,
  { state, tell, log }: ReleasesDeps,
): Promise<ReleaseDocument | null> {
  const { revision, body } = found;
  const told = tellingOf(body);
  if (body.told === told) return found;
  try {
    await tell(body);
  } catch (error) {
    log.warn({ release: body.id, reason: errorText(error) }, "nobody could be told of a release");
    return found;
  }
  return changed({ revision, body: { ...body, told } }, state);
}

async function round(deps: ReleasesDeps): Promise<Release[]> {
  const { leases, holder, state, every, log } = deps;
  const holds = await state.list("release_hold");
  if (holds.length === 0 && !deps.drift.isDue()) return [];
  const lease = await leases.acquire(LEASE, holder, LEASE_MS);
  if (lease.outcome === "taken") return [];
  const done = every(RENEW_MS, () => renew(deps));
  try {
    const ids = [...new Set(holds.map(({ body }) => body.release))];
    const gone = await Promise.all(
      ids.map((id) =>
        goOn(id, deps).catch((error: unknown) => {
          log.warn({ release: id, reason: errorText(error) }, "a release could not be taken further");
          return null;
        }),
      ),
    );
    await freeOrphans(deps);
    await deps.drift.round(new Set(holds.map(({ name }) => name)));
    return gone.filter((release) => release !== null);
  } finally {
    done();
    // Where the store does not answer any more, the lease ends by itself.
    await leases.release(LEASE, lease.fence).catch(() => false);
  }
}

/** Who has lost it hears so before the next deed. */
async function renew({ leases, holder, log }: ReleasesDeps): Promise<void> {
  await leases.acquire(LEASE, holder, LEASE_MS).catch((error: unknown) => {
    log.warn({ reason: errorText(error) }, "the lease of releases could not be renewed");
  });
}

/** Takes one release as far as it goes without waiting; null where it is over, or another's turn. */
async function goOn(id: string, deps: ReleasesDeps): Promise<Release | null> {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const found = await deps.state.get("release", id);
    const known = found && (await recorded(found, deps));
    const told = known && (await toldOf(known, deps));
    if (!told) return null;
    if (isReleaseOver(told.body)) {
      await ended(told.body, deps);
      return null;
    }
    if (!(await oneStep(told, deps))) return told.body;
  }
  return null;
}

/** Whether it went on. */
async function oneStep(found: ReleaseDocument, deps: ReleasesDeps): Promise<boolean> {
  const { leases, holder, state } = deps;
  const lease = await leases.acquire(LEASE, holder, LEASE_MS);
  if (lease.outcome === "taken") return false;
  // Read once more, behind the lease: who was held up for long does nothing that is not its turn any more.
  const now = await state.get("release", found.name);
  if (now?.revision !== found.revision) return now !== null;
  const input = await releaseStep(now.body, deps);
  if (!input) return false;
  return (await move(now, { input, by: MACHINE }, deps))?.outcome !== "refused";
}

async function ended(release: Release, deps: ReleasesDeps): Promise<void> {
  await freeEnded(release, deps);
  await forgetOld(deps);
}

import { errorText } from "../../../core/errors.ts";
import {
  type Build,
  imageTag,
  isOver,
  lockDigest,
  type PackImage,
  type PackLock,
  type PackSet,
} from "../../../core/releases/index.ts";
import { type BuildsDeps, conclude, type Ground, record, stageNow } from "./deps.ts";
import { type BuildRecords, buildRecords } from "./records.ts";
import { type Cut, LEASE, LEASE_MS, runOne } from "./run.ts";

export type CancelAnswer =
  /** It ends as soon as the process that runs it has heard of it; `canceled` when nobody ran it. */
  | { outcome: "canceling" | "canceled"; build: Build }
  | { outcome: "refused"; reason: "unknown" }
  | { outcome: "refused"; reason: "over"; build: Build };

/** Builds of pack sets, as every process sees them; one at a time is run, by whoever has the lease. */
export interface Builds {
  /** Queues a build; `by` is an actor's name. What is queued or under way for the same lock is given instead. */
  order(set: PackSet, lock: PackLock, by: string): Promise<Build>;
  get(id: string): Promise<Build | null>;
  /** The newest first; the last `KEPT_BUILDS` that are over, and all that are not. */
  list(): Promise<Build[]>;
  /** The image of a lock, when one was built. */
  imageOf(set: PackSet, lock: PackLock): Promise<PackImage | null>;
  cancel(id: string, by: string): Promise<CancelAnswer>;
  /** A piece of its log from a byte on; null when the log is on the disk of another process. */
  log(id: string, from: number): Promise<{ text: string; next: number } | null>;
  /** The bill of materials; null when there is none here. */
  bill(id: string): Promise<string | null>;
  /** Takes up the oldest build that waits, or one that a process left, and sees it to its end. Never two at a time. */
  round(): Promise<{ more: boolean }>;
  /** Leaves the build under way, for this process or another to take up again, and begins none. */
  stop(): Promise<void>;
}

/** So many builds that are over are kept, with their logs. */
export const KEPT_BUILDS = 100;
export function createBuilds(deps: BuildsDeps): Builds {
  const records = buildRecords(deps.state);
  let current: { cut: AbortController; done: Promise<void> } | null = null;
  let leaving = false;
  let idleAt = -1;
  return {
    order: (set, lock, by) => order({ set, lock, by }, records, deps),
    get: records.get,
    list: records.list,
    imageOf: (set, lock) => imageOf({ image: set.image, tag: imageTag(lock, deps.recipe) }, records, deps),
    cancel: (id, by) => cancel(id, by, { records, deps }),
    log: deps.files.log,
    bill: deps.files.bill,
    round: async () => {
      // Cheap, for all the time in which nobody builds anything.
      const version = await deps.state.version();
      if (version === idleAt) return { more: false };
      const builds = await records.list();
      const untold = builds.filter((build) => isOver(build) && !build.told);
      const waits = builds.filter((build) => !isOver(build));
      if (untold.length + waits.length === 0) idleAt = version;
      if (current || untold.length + waits.length === 0) return { more: false };
      const lease = await deps.leases.acquire(LEASE, deps.holder, LEASE_MS);
      if (lease.outcome === "taken") return { more: false };
      const cut = new AbortController();
      const oldest = leaving ? undefined : waits.at(-1);
      current = { cut, done: work({ untold, oldest }, cut, { records, deps }) };
      await current.done.finally(() => {
        current = null;
        return deps.leases.release(LEASE, lease.fence);
      });
      return { more: !leaving && !cut.signal.aborted && waits.length > 1 };
    },
    stop: async () => {
      leaving = true;
      current?.cut.abort("stopped" satisfies Cut);
      await current?.done;
    },
  };
}

async function order(
  { set, lock, by }: { set: PackSet; lock: PackLock; by: string },
  records: BuildRecords,
  deps: BuildsDeps,
): Promise<Build> {
  const digest = lockDigest(lock);
  const builds = await records.list();
  const same = builds.find((one) => !isOver(one) && lockDigest(one.lock) === digest && !one.cancelBy);
  if (same) return same;
  const at = new Date(deps.clock.nowMs()).toISOString();
  const id = `b_${deps.ids.ulid()}`;
  const build: Build = { id, set: set.id, lock, by, at, stage: "queued", since: at, takes: 0 };
  // What is not written down does not happen.
  await record(build, { what: "packs.build", who: by, detail: { set: set.id, lock: digest } }, deps);
  await records.create(build);
  for (const { id: old } of builds.filter(isOver).slice(KEPT_BUILDS)) await records.remove(old);
  return build;
}

async function imageOf(
  { image, tag }: { image: string; tag: string },
  records: BuildRecords,
  { images, log }: BuildsDeps,
): Promise<PackImage | null> {
  const name = `${image}:${tag}`;
  const known = (await records.list()).find((build) => build.image?.name === name)?.image;
  if (!known) return null;
  const digest = await images.digestOf({ image, tag }).catch((error: unknown) => {
    log.warn({ image: name, reason: errorText(error) }, "the registry could not be asked for an image");
    return null;
  });
  return digest === known.digest ? known : null;
}

async function cancel(id: string, by: string, { records, deps }: Ground): Promise<CancelAnswer> {
  const before = await records.get(id);
  if (!before) return { outcome: "refused", reason: "unknown" };
  if (isOver(before)) return { outcome: "refused", reason: "over", build: before };
  await record(before, { what: "packs.build_cancel", who: by, detail: { set: before.set } }, deps);
  const build = await records.change(id, (stored) => {
    if (isOver(stored)) return null;
    const waits = stored.stage === "queued";
    return { ...stored, cancelBy: by, ...(waits ? stageNow("canceled", deps) : {}) };
  });
  if (!build) return { outcome: "refused", reason: "unknown" };
  if (!build.cancelBy) return { outcome: "refused", reason: "over", build };
  return { outcome: build.stage === "canceled" ? "canceled" : "canceling", build };
}

async function work(
  { untold, oldest }: { untold: readonly Build[]; oldest: Build | undefined },
  cut: AbortController,
  ground: Ground,
): Promise<void> {
  for (const build of untold) await conclude(build, ground);
  const sameImage = (name: { image: string; tag: string }) => imageOf(name, ground.records, ground.deps);
  if (oldest) await runOne(oldest.id, { cut, sameImage }, ground);
}

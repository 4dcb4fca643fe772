import { errorText } from "../../../core/errors.ts";
import { type Build, isOver } from "../../../core/releases/index.ts";
import { type BuildsDeps, conclude, type Ground, stageNow } from "./deps.ts";
import { type Ending, type Run, runStages, type StageDeps } from "./stages.ts";

/** Whoever has it runs builds. */
export const LEASE = "pack-builds";
/** For so long after its holder has died. */
export const LEASE_MS = 30_000;
const LOOK_MS = 1_000;
/** A build over which so many processes died would be the end of more. */
const MOST_TAKES = 3;

/** Why a run is ended from outside. */
export type Cut = "canceled" | "late" | "lost" | "stopped";

/** Sees one build to its end, unless it is cut; who else has it by then is left alone. */
export async function runOne(
  id: string,
  { cut, sameImage }: { cut: AbortController; sameImage: StageDeps["sameImage"] },
  ground: Ground,
): Promise<void> {
  const { deps, records } = ground;
  const build = await take(id, ground);
  if (!build) return;
  const unwatch = deps.every(LOOK_MS, () => watch(build, cut, ground));
  const ending = await end(build, { cut, sameImage }, ground).catch((error: unknown): Ended => {
    if (cut.signal.aborted) return endOfCut(cut.signal.reason as Cut, deps);
    deps.log.warn({ build: id, err: error, reason: errorText(error) }, "a build failed");
    return { stage: "failed", problem: errorText(error) };
  });
  unwatch();
  if (ending) await finish(build, ending, ground);
  // It did not die over it.
  else if (cut.signal.reason === "stopped") {
    await keep(build, (now) => ({ ...now, takes: now.takes - 1 }), ground).catch(() => undefined);
  }
  if (ending) await deps.files.clear(id).catch(() => undefined);
  await deps.files.keepOnly((await records.list()).map((one) => one.id)).catch(() => undefined);
}

/** What is stored at the end; null: nothing, it is taken up again. */
type Ended = (Pick<Build, "image" | "problem"> & { stage: "done" | "failed" | "canceled" }) | null;

function endOfCut(cut: Cut, { buildMs }: BuildsDeps): Ended {
  if (cut === "canceled") return { stage: "canceled" };
  const minutes = Math.round(buildMs / 60_000);
  const problem = `超过 ${minutes} 分钟没有完成 (not done within ${minutes} minutes): WHALE_BUILD_TIMEOUT`;
  return cut === "late" ? { stage: "failed", problem } : null;
}

async function take(id: string, { records, deps }: Ground): Promise<Build | null> {
  const { holder: worker } = deps;
  const taken = await records.change(id, (build) => {
    if (isOver(build)) return null;
    return { ...build, worker, takes: build.takes + 1 };
  });
  return taken && !isOver(taken) ? taken : null;
}

async function end(
  build: Build,
  { cut, sameImage }: { cut: AbortController; sameImage: StageDeps["sameImage"] },
  ground: Ground,
): Promise<Ended> {
  const { deps } = ground;
  if (build.cancelBy) return { stage: "canceled" };
  if (build.takes > MOST_TAKES) return { stage: "failed", problem: DEADLY };
  const set = deps.setOf(build.set);
  if (!set)
    return {
      stage: "failed",
      problem: `没有这个共享 Pack 了 (there is no such pack set any more): ${build.set}`,
    };
  const onLog = (line: string) => void deps.files.append(build.id, [line]);
  const stop = deps.every(deps.buildMs, async () => cut.abort("late" satisfies Cut));
  const run: Run = {
    ...{ build, set, signal: cut.signal, onLog },
    store: async ({ stage, ...found }) => {
      if (stage) onLog(`==> ${stage}`);
      const at = stage ? stageNow(stage, deps) : {};
      const own = (stored: Build) => ({ ...stored, ...at, ...found });
      await keep(build, own, ground);
      cut.signal.throwIfAborted();
    },
  };
  const stages = { ...deps, sameImage, nowMs: () => deps.clock.nowMs() };
  return stagesEnd(await runStages(run, stages).finally(stop));
}

const DEADLY =
  "每次构建时进程都中断了，不再重试 (the process died over it each time, it is not tried again)；见日志 (see the log)";

function stagesEnd(ending: Ending): Ended {
  if (ending.outcome === "done") return { stage: "done", image: ending.image };
  return { stage: "failed", problem: ending.problem };
}

/** Changes the build while it is this run's. Throws when it is another's, or over. */
async function keep(build: Build, to: (stored: Build) => Build, { records }: Ground): Promise<Build> {
  let isOwn = false;
  const stored = await records.change(build.id, (now) => {
    isOwn = !isOver(now) && now.worker === build.worker && now.takes === build.takes;
    return isOwn ? to(now) : null;
  });
  if (!stored || !isOwn) throw new Error("the build is another's by now");
  return stored;
}

async function finish(build: Build, ended: NonNullable<Ended>, ground: Ground): Promise<void> {
  const { deps } = ground;
  const { stage, ...more } = ended;
  const to = (stored: Build) => ({ ...stored, ...more, ...stageNow(stage, deps) });
  const over = await keep(build, to, ground).catch((error: unknown) => {
    deps.log.warn({ build: build.id, reason: errorText(error) }, "the end of a build could not be stored");
    return null;
  });
  if (!over) return;
  await deps.files.append(build.id, [
    `==> ${stage}${ended.problem === undefined ? "" : `: ${ended.problem}`}`,
  ]);
  await conclude(over, ground);
}

/** Holds the lease, and hears of a cancel. */
async function watch(build: Build, cut: AbortController, { records, deps }: Ground): Promise<void> {
  try {
    const lease = await deps.leases.acquire(LEASE, deps.holder, LEASE_MS);
    if (lease.outcome === "taken") cut.abort("lost" satisfies Cut);
    else if ((await records.get(build.id))?.cancelBy) cut.abort("canceled" satisfies Cut);
  } catch (error) {
    deps.log.warn({ build: build.id, reason: errorText(error) }, "a build could not be looked after");
  }
}

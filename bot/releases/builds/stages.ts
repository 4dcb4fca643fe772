import { join } from "node:path";
import type { BuildFiles, ImageBuilder, ImageOrder, PackRepos } from "../../../core/ports/index.ts";
import {
  type Build,
  type BuildStage,
  billOfMaterials,
  type ImageRecipe,
  imageLabels,
  imageTag,
  MOST_PROBLEMS,
  type PackImage,
  type PackProblem,
  type PackSet,
  type PlannedPack,
  packsOf,
} from "../../../core/releases/index.ts";

/** What the packs of a set hold, and what is wrong with them; errors stop a build. */
export interface CheckedPacks {
  packs: readonly PlannedPack[];
  problems: readonly PackProblem[];
}

/** What looks at the packs of a set as they were fetched, each repository in its folder. */
export type PackChecker = (
  asked: { set: PackSet; build: Build; folders: Readonly<Record<string, string>> },
  signal: AbortSignal,
) => Promise<CheckedPacks>;

export interface StageDeps {
  repos: Pick<PackRepos, "fetch">;
  images: ImageBuilder;
  files: BuildFiles;
  check: PackChecker;
  recipe: ImageRecipe;
  /** An image that was made of the same before and is still where it was pushed; null when none is known. */
  sameImage: (name: { image: string; tag: string }, signal: AbortSignal) => Promise<PackImage | null>;
  nowMs: () => number;
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Largest repository that is fetched, in bytes. */
  maxRepoBytes: number;
}

/** One run of a build. */
export interface Run {
  build: Build;
  set: PackSet;
  signal: AbortSignal;
  onLog: (line: string) => void;
  /** Stores that a stage begins, or what was found in it. Throws when the build is another's by now. */
  store: (change: {
    stage?: BuildStage;
    problems?: readonly PackProblem[];
    packs?: readonly PlannedPack[];
  }) => Promise<void>;
}

export type Ending = { outcome: "done"; image: PackImage } | { outcome: "failed"; problem: string };

type Step = { outcome: "ok" } | { outcome: "failed"; problem: string };
type Fetched = { outcome: "ok"; folders: Record<string, string> } | { outcome: "failed"; problem: string };

const OK: Step = { outcome: "ok" };
const failed = (problem: string) => ({ outcome: "failed" as const, problem });

/** So often what may pass by itself is tried, with this pause before the second time and twice it before the third. */
const TRIES = 3;
const PAUSE_MS = 5_000;
/** A repository that is not reached, a push that failed. */
const MAY_PASS = ["unreachable", "failed"];

/**
 * Takes a build from where it stands to its end. Each stage may be begun again, by this process or another: fetching
 * and building start from nothing, and a push is repeated. Whoever is aborted leaves the record as it is.
 */
export async function runStages(run: Run, deps: StageDeps): Promise<Ending> {
  if (run.build.stage === "pushing") {
    const pushed = await push(run, deps);
    if (pushed.outcome !== "unbuilt") return pushed;
  }
  await run.store({ stage: "fetching" });
  const fetched = await fetchAll(run, deps);
  if (fetched.outcome === "failed") return fetched;
  await run.store({ stage: "checking" });
  const checked = await checkAll(run, fetched.folders, deps);
  if (checked.outcome === "failed") return checked;
  await run.store({ stage: "building", packs: checked.packs });
  const same = await deps.sameImage(nameOf(run, deps), run.signal);
  if (same) {
    run.onLog(`已有同样的镜像 (the same image is there): ${same.reference}`);
    await keepBillOf(same, run, deps);
    return { outcome: "done", image: same };
  }
  const made = await make(run, fetched.folders, deps);
  if (made.outcome === "failed") return made;
  await run.store({ stage: "pushing" });
  const pushed = await push(run, deps);
  return pushed.outcome === "unbuilt" ? failed(pushed.message) : pushed;
}

function nameOf({ build, set }: Run, { recipe }: StageDeps): { image: string; tag: string } {
  return { image: set.image, tag: imageTag(build.lock, recipe) };
}

async function keepBillOf({ build: id }: PackImage, { build }: Run, { files }: StageDeps): Promise<void> {
  const bill = await files.bill(id);
  if (bill !== null) await files.keepBill(build.id, bill);
}

async function fetchAll(run: Run, deps: StageDeps): Promise<Fetched> {
  const { build, set } = run;
  const workspace = await deps.files.workspace(build.id);
  const folders: Record<string, string> = {};
  for (const [index, locked] of build.lock.repos.entries()) {
    const repo = set.repos.find(({ name }) => name === locked.name);
    if (!repo || repo.url !== locked.url) return failed(`${locked.name}: ${UNLOCKED}`);
    const into = join(workspace, `repo${index}`);
    const order = { repo, commit: locked.commit, into, maxBytes: deps.maxRepoBytes };
    run.onLog(`==> fetch ${locked.name} ${locked.commit}`);
    const fetched = await tried(run, deps, () => deps.repos.fetch(order, run.signal));
    if (fetched.outcome !== "fetched")
      return failed(`${locked.name}: ${fetched.outcome}: ${fetched.message}`);
    run.onLog(`${fetched.files} files, ${fetched.bytes} bytes`);
    folders[locked.name] = into;
  }
  return { outcome: "ok", folders };
}

const UNLOCKED =
  "锁文件与共享 Pack 不符，请重新锁定 (the lock does not fit its pack set, lock it again)：whale packs lock";

/** Tries again what could not be reached. */
async function tried<Outcome extends { outcome: string }>(
  { signal, onLog }: Run,
  { pause }: StageDeps,
  attempt: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let count = 1; ; count++) {
    signal.throwIfAborted();
    const outcome = await attempt();
    signal.throwIfAborted();
    if (!MAY_PASS.includes(outcome.outcome) || count === TRIES) return outcome;
    onLog(`第 ${count} 次没成，再试 (try ${count} did not work, trying again)`);
    await pause(PAUSE_MS * count, signal);
  }
}

type Checked = { outcome: "ok"; packs: readonly PlannedPack[] } | { outcome: "failed"; problem: string };

async function checkAll(run: Run, folders: Record<string, string>, deps: StageDeps): Promise<Checked> {
  const { set, build, signal } = run;
  const { packs, problems: found } = await deps.check({ set, build, folders }, signal);
  signal.throwIfAborted();
  const errors = found.filter(({ level }) => level === "error");
  const problems = [...errors, ...found.filter(({ level }) => level !== "error")].slice(0, MOST_PROBLEMS);
  for (const problem of problems) run.onLog(problemLine(problem));
  if (problems.length > 0) await run.store({ problems });
  const [first] = errors;
  if (!first) return { outcome: "ok", packs };
  const count = `检查发现 ${errors.length} 处错误 (the checks found ${errors.length} errors)`;
  return failed(`${count}: ${problemLine(first)}`);
}

/** A problem on one line. */
export function problemLine({ level, check, repo, file, line, zh, en }: PackProblem): string {
  const place = [repo, [file, line].filter((one) => one !== undefined).join(":")].filter(Boolean).join(" ");
  return `${level} ${check} ${place}: ${zh} (${en})`;
}

async function make(run: Run, folders: Record<string, string>, deps: StageDeps): Promise<Step> {
  const { build, set, signal, onLog } = run;
  const { lock } = build;
  const packs = packsOf(lock).map(({ ref, path, repo }) => ({ root: folders[repo.name] ?? "", path, ref }));
  const order: ImageOrder = {
    ...{ packs: await deps.files.layPacks(build.id, packs), order: packs.map(({ ref }) => ref) },
    ...{
      strategy: set.strategy,
      base: lock.base,
      labels: imageLabels(lock, deps.recipe),
      ...nameOf(run, deps),
    },
    bill: (installed) => {
      const text = billOfMaterials(lock, installed);
      // Kept in its own time: what is in the image is the same.
      void deps.files.keepBill(build.id, text).catch(() => onLog("bill.json could not be kept"));
      return text;
    },
  };
  const built = await deps.images.build(order, onLog, signal);
  signal.throwIfAborted();
  return built.outcome === "built" ? OK : failed(built.message);
}

type Pushed = Ending | { outcome: "unbuilt"; message: string };

async function push(run: Run, deps: StageDeps): Promise<Pushed> {
  const { build, signal, onLog } = run;
  const name = nameOf(run, deps);
  const pushed = await tried(run, deps, () => deps.images.push(name, onLog, signal));
  if (pushed.outcome === "unbuilt") return pushed;
  if (pushed.outcome !== "pushed") return failed(pushed.message);
  const { digest } = pushed;
  const image: PackImage = {
    ...{ build: build.id, lock: build.lock, name: `${name.image}:${name.tag}`, digest },
    ...{ reference: `${name.image}@${digest}`, builtAt: new Date(deps.nowMs()).toISOString() },
    bytes: pushed.bytes,
  };
  return { outcome: "done", image };
}

import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createImages } from "../adapters/images/index.ts";
import { createBuildFiles } from "../adapters/local/index.ts";
import { packRecipe } from "../adapters/stackstorm/index.ts";
import { maskText, systemIds } from "../adapters/telemetry/index.ts";
import { markdownText } from "../adapters/wecom/index.ts";
import type { Clock, ImageBuilder, Logger, PackRegistry } from "../core/ports/index.ts";
import {
  type Build,
  type FetchedRepo,
  lockFaults,
  type PackContent,
  type PackProblem,
  type PackSet,
  type PlannedPack,
  packsLeft,
  planRelease,
} from "../core/releases/index.ts";
import { type Config, environment } from "./config/index.ts";
import type { PackSources } from "./http/index.ts";
import { type InForce, usesIn } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import { checkSet, type PackTools } from "./packs/index.ts";
import { type Builds, createBuilds, type PackChecker } from "./releases/builds/index.ts";
import type { Stores } from "./stores.ts";
import { packTools, readPackLock } from "./wire-packs.ts";
import { startLoop } from "./workers/loop.ts";

export interface BuildParts {
  config: Config;
  inForce: () => InForce;
  stores: Stores;
  textsFor: Languages["textsFor"];
  /** What a cluster finds wrong in workflows. */
  registry: PackRegistry;
  /** What builds images; buildah when undefined. */
  images: ImageBuilder | undefined;
  clock: Clock;
  log: Logger;
}

/** Builds of pack sets, with real programs where no other builder is given. */
export function buildsOver(parts: BuildParts): { builds: Builds; packs: PackSources } {
  const { config, inForce, stores, clock, log } = parts;
  const { buildMs, maxRepoBytes, ...programs } = config.images;
  const buildah = () => {
    return createImages({ folder: join(config.dataDir, "images"), recipe: packRecipe, ...programs });
  };
  const { state, leases, audit } = stores.store;
  const tools = packTools({ home: config.home, env: environment(), registry: parts.registry });
  const setOf: PackSources["setOf"] = (id) => inForce().packSets.find((set) => set.id === id) ?? null;
  const builds = createBuilds({
    ...{ state, leases, audit, holder: stores.holder, ids: systemIds, clock, log, setOf },
    ...{ repos: tools.repos, check: checkerOver(tools, { inForce, releasedOf: releasedOver(stores) }) },
    images: parts.images ?? buildah(),
    files: createBuildFiles({ folder: join(config.dataDir, "builds"), clock, mask: maskText }),
    ...{ recipe: packRecipe, tell: tellerOver(parts), buildMs, maxRepoBytes, every: repeatedly },
    pause: (ms, signal) => wait(ms, undefined, { signal }),
  });
  return { builds, packs: { setOf, lockOf: (set) => readPackLock(config.home, set) } };
}

/** Everything that is looked at before a build; what no cluster or Python is there for is a warning. */
function checkerOver(
  tools: PackTools,
  { inForce, releasedOf }: { inForce: () => InForce; releasedOf: (set: PackSet) => Promise<PlannedPack[]> },
): PackChecker {
  return async ({ set, build, folders }, signal) => {
    const faults = lockFaults(set, build.lock);
    if (faults.length > 0) return { packs: [], problems: faults };
    const problems: PackProblem[] = [];
    const repos: FetchedRepo[] = [];
    for (const { name, packs } of build.lock.repos) {
      const tree = await tools.openTree(name, folders[name] ?? "");
      const paths = packs.map(({ path }) => path);
      const read = tools.format.read(tree, paths);
      problems.push(...read.problems);
      repos.push({ name, tree, packs: read.packs });
    }
    const uses = usesIn(inForce());
    const packs = repos.flatMap((repo) => repo.packs.map(plannedOf));
    const plan = planRelease(await releasedOf(set), packs, uses);
    const found = await checkSet({ set, repos, problems, uses, plan }, tools, signal);
    return { packs, problems: found };
  };
}

/** The packs that the releases of a set have left on its clusters, once each. */
function releasedOver({ store }: Stores): (set: PackSet) => Promise<PlannedPack[]> {
  return async ({ id, clusters }) => {
    const releases = (await store.state.list("release")).map(({ body }) => body);
    const packs = clusters.flatMap((cluster) => packsLeft(cluster, id, releases));
    return [...new Map(packs.map((pack) => [pack.ref, pack])).values()];
  };
}

/** What a plan needs to know of a pack; its texts are in the image. */
function plannedOf({ ref, version, items }: PackContent): PlannedPack {
  const kept = items.map(({ kind, ref: of, runner, enabled, parameters }) => ({
    ...{ kind, ref: of, enabled },
    ...(kind === "action" ? { runner, parameters } : {}),
  }));
  return { ref, version, items: kept };
}

/** Calls again and again until told to stop. */
export function repeatedly(ms: number, look: () => Promise<void>): () => void {
  const timer = setInterval(() => void look(), ms);
  return () => clearInterval(timer);
}

/** So soon a build is begun that was ordered in another process. */
const LOOK_MS = 2_000;

/** Runs builds in this process, until it is stopped; what is under way then is left for the next. */
export function startBuilds(builds: Builds, { clock, log }: { clock: Clock; log: Logger }) {
  const round = async () => ({ ...(await builds.round()), nextDueAtMs: null });
  const loop = startLoop({ name: "builds", clock, log, maxIdleMs: LOOK_MS, round });
  return {
    stop: async () => {
      const ended = loop.stop();
      await builds.stop();
      await ended;
    },
  };
}

const ENDS = {
  done: { zh: "构建完成", en: "built" },
  failed: { zh: "构建失败", en: "the build failed" },
  canceled: { zh: "构建已取消", en: "the build was canceled" },
} as const;

/** Tells whoever ordered a build how it ended, where that is a person. */
function tellerOver({ stores, textsFor, clock }: BuildParts) {
  return async (build: Build): Promise<void> => {
    const [, to] = /^user:(.+)$/.exec(build.by) ?? [];
    const { stage } = build;
    if (to === undefined || (stage !== "done" && stage !== "failed" && stage !== "canceled")) return;
    const said = build.image?.reference ?? build.problem?.split("\n")[0] ?? "";
    const words = {
      zh: `共享 Pack ${build.set} ${ENDS[stage].zh}：${said}（whale builds show ${build.id}）`,
      en: `pack set ${build.set}, ${ENDS[stage].en}: ${said} (whale builds show ${build.id})`,
    };
    const text = markdownText((await textsFor(to)).wordsOf(words));
    const body = { kind: "answer" as const, to, text };
    const dueAtMs = clock.nowMs();
    await stores.store.outbox.add([{ key: `build:${build.id}`, taskId: null, lane: 4, body, dueAtMs }]);
  };
}

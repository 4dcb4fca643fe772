import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readPackLock } from "../adapters/files/index.ts";
import { createGit, openTree } from "../adapters/git/index.ts";
import { createImages } from "../adapters/images/index.ts";
import { createBuildFiles } from "../adapters/local/index.ts";
import { packFormat, packRecipe } from "../adapters/stackstorm/index.ts";
import { maskText, systemIds } from "../adapters/telemetry/index.ts";
import type { Clock, Logger } from "../core/ports/index.ts";
import {
  afterExceptions,
  type Build,
  checkContent,
  checkRequirements,
  checkSecrets,
  checkSizes,
  type FetchedRepo,
  type PackProblem,
} from "../core/releases/index.ts";
import { type Config, environment } from "./config/index.ts";
import type { PackSources } from "./http/index.ts";
import type { InForce } from "./in-force.ts";
import type { Languages } from "./languages/index.ts";
import { type Builds, createBuilds, type PackChecker } from "./releases/builds/index.ts";
import type { Stores } from "./stores.ts";
import { startLoop } from "./workers/loop.ts";

export interface BuildParts {
  config: Config;
  inForce: () => InForce;
  stores: Stores;
  textsFor: Languages["textsFor"];
  plain: (text: string) => string;
  clock: Clock;
  log: Logger;
}

/** Builds of pack sets, with real programs. */
export function buildsOver(parts: BuildParts): { builds: Builds; packs: PackSources } {
  const { config, inForce, stores, clock, log } = parts;
  const { buildMs, maxRepoBytes, ...images } = config.images;
  const { state, leases, audit } = stores.store;
  const env = environment();
  const setOf: PackSources["setOf"] = (id) => inForce().packSets.find((set) => set.id === id) ?? null;
  const builds = createBuilds({
    ...{ state, leases, audit, holder: stores.holder, ids: systemIds, clock, log, setOf },
    ...{ repos: createGit({ home: config.home, secretOf: (name) => env[name] }), check: checkFetched },
    images: createImages({ folder: join(config.dataDir, "images"), recipe: packRecipe, ...images }),
    files: createBuildFiles({ folder: join(config.dataDir, "builds"), clock, mask: maskText }),
    ...{ recipe: packRecipe, tell: tellerOver(parts), buildMs, maxRepoBytes, every: repeatedly },
    pause: (ms, signal) => wait(ms, undefined, { signal }),
  });
  return { builds, packs: { setOf, lockOf: (set) => readPackLock(config.home, set) } };
}

/** What a look finds in the content itself. */
const checkFetched: PackChecker = async ({ set, build, folders }) => {
  const problems: PackProblem[] = [];
  const repos: FetchedRepo[] = [];
  for (const { name, packs } of build.lock.repos) {
    const tree = await openTree(name, folders[name] ?? "");
    const read = packFormat.read(
      tree,
      packs.map(({ path }) => path),
    );
    problems.push(...read.problems);
    repos.push({ name, tree, packs: read.packs });
  }
  const found = [checkContent, checkSizes, checkRequirements, checkSecrets].flatMap((check) => check(repos));
  return afterExceptions([...problems, ...found], set.checks);
};

function repeatedly(ms: number, look: () => Promise<void>): () => void {
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
function tellerOver({ stores, textsFor, plain, clock }: BuildParts) {
  return async (build: Build): Promise<void> => {
    const [, to] = /^user:(.+)$/.exec(build.by) ?? [];
    const { stage } = build;
    if (to === undefined || (stage !== "done" && stage !== "failed" && stage !== "canceled")) return;
    const said = build.image?.reference ?? build.problem?.split("\n")[0] ?? "";
    const words = {
      zh: `包集 ${build.set} ${ENDS[stage].zh}：${said}（whale builds show ${build.id}）`,
      en: `pack set ${build.set}, ${ENDS[stage].en}: ${said} (whale builds show ${build.id})`,
    };
    const text = plain((await textsFor(to)).wordsOf(words));
    const body = { kind: "answer" as const, to, text };
    const dueAtMs = clock.nowMs();
    await stores.store.outbox.add([{ key: `build:${build.id}`, taskId: null, lane: 4, body, dueAtMs }]);
  };
}

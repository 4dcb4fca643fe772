import { join } from "node:path";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import {
  type Build,
  type PackLock,
  type PackSet,
  type PlannedPack,
  planLines,
  planRelease,
  type Release,
  releaseCode,
} from "../../core/releases/index.ts";
import { fetchLocked } from "../packs/index.ts";
import { parsePackLock } from "../wire-packs.ts";
import { readGivenFile } from "./given-file.ts";
import { plainText } from "./plain-text.ts";
import { type RunningWhale, runningWhale } from "./running-whale.ts";
import { fetchedLock, lockOr, refuse, type SetWork, told } from "./set-work.ts";

/** Packs that a plan starts from, and what they are called. */
interface Start {
  zh: string;
  en: string;
  packs: readonly PlannedPack[];
}

/**
 * `whale packs plan`: against an earlier lock where one is named, else against the last release, else against what each
 * cluster has.
 */
export async function plan(work: SetWork, from: string | undefined): Promise<void> {
  const { repos } = await fetchedLock(work, join(work.dir, "now"));
  const after = repos.flatMap((repo) => repo.packs);
  const refs = after.map(({ ref }) => ref);
  for (const start of await startsOf(work, from, refs)) {
    console.log(plainText(`${start.zh} · ${start.en}`));
    for (const { zh, en } of planLines(planRelease(start.packs, after, work.uses))) {
      console.log(plainText(`${zh} · ${en.trimStart()}`));
    }
  }
}

async function startsOf(
  work: SetWork,
  from: string | undefined,
  refs: readonly string[],
): Promise<readonly Start[]> {
  if (from === "-") return [NOTHING];
  if (from !== undefined) {
    const lock = lockOr(parsePackLock(readGivenFile(from).toString("utf8"), work.set.id), null);
    const packs = lock ? await packsOfLock(work, lock) : [];
    return [{ zh: `与 ${from} 相比`, en: `against ${from}`, packs }];
  }
  const found = await lastRelease(work.set);
  if ("why" in found) {
    console.log(found.why);
    return onClusters(work, refs);
  }
  const code = releaseCode(found.id);
  const { packs } = found;
  return [{ zh: `与最近的发布 ${code} 相比`, en: `against the last release ${code}`, packs }];
}

const NOTHING: Start = { zh: "从无到有", en: "from nothing", packs: [] };

const NOT_RUNNING =
  "这里没有 Whale 在运行，不知道最近的发布 · no Whale runs here: the last release is not known";
const NONE_DONE = "没有完成的发布 · no release of it is done";

/** What the newest release of the set that is done holds, or why that cannot be had. */
export type LastRelease = { id: string; packs: readonly PlannedPack[] } | { why: string };

export async function lastRelease({ id: set }: PackSet): Promise<LastRelease> {
  try {
    const whale = await runningWhale();
    const all = await whale.get("/api/v1/releases");
    const { releases } = (await all.json()) as { releases: Pick<Release, "id" | "set" | "stage">[] };
    const done = releases.find((one) => one.set === set && one.stage === "done");
    if (!done) return { why: NONE_DONE };
    return { id: done.id, packs: await packsOfRelease(done.id, whale) };
  } catch (error) {
    if (!isChatOpsError(error)) throw error;
    // Where nothing takes releases, it says so in its own words.
    return { why: error.code === "cli.not_running" ? NOT_RUNNING : plainText(error.message) };
  }
}

/** With the parameters of its actions, as long as its build is kept. */
async function packsOfRelease(id: string, whale: RunningWhale): Promise<readonly PlannedPack[]> {
  const answer = await whale.get(`/api/v1/releases/${encodeURIComponent(id)}`);
  const { release } = (await answer.json()) as { release: Release };
  const builds = (await (await whale.get("/api/v1/builds")).json()) as {
    builds: Pick<Build, "id" | "packs">[];
  };
  return builds.builds.find((build) => build.id === release.image.build)?.packs ?? release.packs;
}

/** Each cluster as it is; one that does not answer is named, and where none does, the plan starts from nothing. */
async function onClusters(
  { clusters, notAsked }: SetWork,
  refs: readonly string[],
): Promise<readonly Start[]> {
  for (const line of notAsked) console.log(line);
  if (!clusters) return [NOTHING];
  const starts: Start[] = [];
  for (const name of clusters.names) {
    try {
      const packs = await clusters.packsOn(name, refs);
      const has = packs.map(({ ref, version }) => `${ref} ${version}`).join(", ") || "-";
      starts.push({ zh: `集群 ${name} 现有 ${has}`, en: `cluster ${name} has ${has}`, packs });
    } catch (error) {
      const why = errorText(error);
      console.log(plainText(`集群 ${name} 没有回答 · cluster ${name} does not answer: ${why}`));
    }
  }
  return starts.length > 0 ? starts : [NOTHING];
}

async function packsOfLock(work: SetWork, lock: PackLock): Promise<PlannedPack[]> {
  const { set, dir, tools, signal } = work;
  // The set may have been changed since: what counts here is what was locked then.
  const then = {
    ...{ ...set, base: lock.base, repos: reposOf(set, lock) },
    strategy: lock.strategy as PackSet["strategy"],
  };
  const fetched = await fetchLocked({ set: then, lock, dir: join(dir, "before") }, tools, signal);
  if (fetched.outcome === "failed") return refuse(told(fetched));
  return fetched.repos.flatMap((repo) => repo.packs);
}

/** Repositories as an earlier lock names them, with the settings that the set has for those of the same address. */
function reposOf(set: PackSet, { repos }: PackLock): PackSet["repos"] {
  return repos.map(({ name, url, ref, packs }) => {
    const now = set.repos.find((repo) => repo.url === url);
    // Of one that is gone from the set only what holds for all of it is known.
    const { folders } = set.repos[0] ?? {};
    return {
      ...(now ?? (folders ? { folders } : {})),
      name,
      url,
      at: { ref },
      paths: packs.map(({ path }) => path),
    };
  });
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorText, isChatOpsError } from "../../core/errors.ts";
import {
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
import { plainText } from "./plain-text.ts";
import { runningWhale } from "./running-whale.ts";
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
    const lock = lockOr(parsePackLock(await readFile(from, "utf8"), work.set.id), null);
    const packs = lock ? await packsOfLock(work, lock) : [];
    return [{ zh: `与 ${from} 相比`, en: `against ${from}`, packs }];
  }
  const last = await lastRelease(work.set);
  if (!last) return onClusters(work, refs);
  const code = releaseCode(last.id);
  const packs = await packsOfLock(work, last.image.lock);
  return [{ zh: `与最近的发布 ${code} 相比`, en: `against the last release ${code}`, packs }];
}

const NOTHING: Start = { zh: "从无到有", en: "from nothing", packs: [] };

/** The newest release of the set that is done; null, said so, where none is or no Whale runs here that knows. */
async function lastRelease({ id: set }: PackSet): Promise<Release | null> {
  const whale = await runningWhale().catch((error: unknown) => {
    if (!isChatOpsError(error) || error.code !== "cli.not_running") throw error;
    console.log(
      "这里没有 Whale 在运行，不知道最近的发布 · no Whale runs here: the last release is not known",
    );
    return null;
  });
  if (!whale) return null;
  const all = await whale.get("/api/v1/releases");
  const { releases } = (await all.json()) as { releases: Pick<Release, "id" | "set" | "stage">[] };
  const last = releases.find((one) => one.set === set && one.stage === "done");
  if (!last) {
    console.log("没有完成的发布 · no release of it is done");
    return null;
  }
  const answer = await whale.get(`/api/v1/releases/${encodeURIComponent(last.id)}`);
  return ((await answer.json()) as { release: Release }).release;
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
    return { ...now, name, url, at: { ref }, paths: packs.map(({ path }) => path) };
  });
}

import { join } from "node:path";
import {
  errorOf,
  type FetchedRepo,
  hasErrors,
  isPackRef,
  type LockedRepo,
  lockFaults,
  type PackContent,
  type PackLock,
  type PackProblem,
  type PackRepo,
  type PackSet,
} from "../../core/releases/index.ts";
import type { PackTools } from "./tools.ts";

/** A set's repositories as they stand in a folder, each in one named by its place, or why they cannot be had. */
export type SetFetched =
  | {
      outcome: "fetched";
      repos: FetchedRepo[];
      folders: ReadonlyMap<string, string>;
      problems: PackProblem[];
    }
  | { outcome: "failed"; problems: PackProblem[] };

type FetchTools = Pick<PackTools, "repos" | "format" | "openTree" | "maxRepoBytes">;

/** Brings the repositories of a lock into an empty folder and reads their packs. */
export async function fetchLocked(
  { set, lock, dir }: { set: PackSet; lock: PackLock; dir: string },
  tools: FetchTools,
  signal: AbortSignal,
): Promise<SetFetched> {
  const faults = lockFaults(set, lock);
  if (faults.length > 0) return { outcome: "failed", problems: faults };
  const wanted = set.repos.flatMap((repo) => {
    const locked = lock.repos.find(({ name }) => name === repo.name);
    return locked ? [{ repo, commit: locked.commit }] : [];
  });
  return fetchRepos(wanted, { dir, tools }, signal);
}

/** Asks where the refs of a set stand now, fetches that and makes a lock of it. */
export async function lockSet(
  set: PackSet,
  { dir, tools }: { dir: string; tools: FetchTools },
  signal: AbortSignal,
): Promise<(SetFetched & { outcome: "fetched"; lock: PackLock }) | (SetFetched & { outcome: "failed" })> {
  const resolved = await Promise.all(
    set.repos.map(async (repo) => ({ repo, found: await tools.repos.resolve(repo, signal) })),
  );
  const failed = resolved.flatMap(({ repo, found }) =>
    found.outcome === "resolved" ? [] : [failure(repo, found)],
  );
  if (failed.length > 0) return { outcome: "failed", problems: failed };
  const wanted = resolved.flatMap(({ repo, found }) =>
    found.outcome === "resolved" ? [{ repo, ref: found.ref, commit: found.commit }] : [],
  );
  const fetched = await fetchRepos(wanted, { dir, tools }, signal);
  if (fetched.outcome === "failed") return fetched;
  const bad = fetched.repos.flatMap(({ packs }) => packs).some(({ ref }) => !isPackRef(ref));
  if (bad || hasErrors(fetched.problems)) return { outcome: "failed", problems: fetched.problems };
  const repos = wanted.map(({ repo: { name, url }, ref, commit }): LockedRepo => {
    const packs = fetched.repos.find((one) => one.name === name)?.packs ?? [];
    return { name, url, ref, commit, packs: lockedPacks(packs) };
  });
  return { ...fetched, lock: { set: set.id, strategy: set.strategy, base: set.base, repos } };
}

function lockedPacks(packs: readonly PackContent[]): LockedRepo["packs"] {
  const locked = packs.map(({ ref, version, path }) => ({ ref, version, path }));
  return locked.sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

async function fetchRepos(
  wanted: readonly { repo: PackRepo; commit: string }[],
  { dir, tools }: { dir: string; tools: FetchTools },
  signal: AbortSignal,
): Promise<SetFetched> {
  const repos: FetchedRepo[] = [];
  const folders = new Map<string, string>();
  const problems: PackProblem[] = [];
  for (const [at, { repo, commit }] of wanted.entries()) {
    // A repository's name is a word of people's: it stands in no path.
    const into = join(dir, String(at));
    const order = { repo, commit, into, maxBytes: tools.maxRepoBytes };
    const fetched = await tools.repos.fetch(order, signal);
    if (fetched.outcome !== "fetched") return { outcome: "failed", problems: [failure(repo, fetched)] };
    const tree = await tools.openTree(repo.name, into);
    const read = tools.format.read(tree, repo.paths ?? ["."]);
    repos.push({ name: repo.name, tree, packs: read.packs });
    folders.set(repo.name, into);
    problems.push(...read.problems);
  }
  return { outcome: "fetched", repos, folders, problems };
}

type Failed = { outcome: string; message: string };

const FAILURES: Readonly<Record<string, { zh: string; en: string }>> = {
  absent: { zh: "找不到", en: "not found" },
  unsafe: { zh: "内容不能用", en: "its content may not be used" },
  refused: { zh: "被拒绝", en: "refused" },
  unreachable: { zh: "连不上，可以再试", en: "cannot be reached; try again" },
  canceled: { zh: "已取消", en: "canceled" },
};

function failure({ name, url }: PackRepo, { outcome, message }: Failed): PackProblem {
  const { zh, en } = FAILURES[outcome] ?? { zh: outcome, en: outcome };
  return errorOf("fetch", name, { zh: `${url} ${zh}：${message}`, en: `${url} ${en}: ${message}` });
}

import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { FetchOutcome } from "../../core/ports/index.ts";
import type { PackRepo } from "../../core/releases/index.ts";
import { accessTo } from "./access.ts";
import type { ReadyGit } from "./config.ts";
import { gitError, troubleOf } from "./errors.ts";
import { runGit } from "./run-git.ts";
import { type InRepository, unpack } from "./unpack.ts";

export interface FetchOrder {
  repo: PackRepo;
  commit: string;
  into: string;
  maxBytes: number;
}

/** Brings the files of one commit into an empty folder; on failure it is empty again. */
export async function fetchRepo(
  order: FetchOrder,
  git: ReadyGit,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const { into } = order;
  try {
    await mkdir(into, { recursive: true });
    if ((await readdir(into)).length > 0) throw gitError("refused", `${into} 不是空目录 (is not empty)`);
  } catch (error) {
    return troubleOf(error, []);
  }
  const scratch = await mkdtemp(join(git.scratch, "whale-git-"));
  try {
    return { outcome: "fetched", ...(await fetchInto(order, { ...git, scratch }, signal)) };
  } catch (error) {
    await empty(into);
    return troubleOf(error, ["absent", "unsafe", "unreachable", "canceled"]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function empty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

async function fetchInto(
  { repo, commit, into, maxBytes }: FetchOrder,
  git: ReadyGit,
  signal: AbortSignal,
): Promise<{ bytes: number; files: number }> {
  if (!COMMIT.test(commit)) throw gitError("refused", "提交应为全名 (a commit must be named in full)");
  const { url, env, secrets } = await accessTo(repo, git);
  const here: InRepository = { program: git.program, cwd: git.scratch, env, signal, secrets };
  const format = commit.length === 64 ? "sha256" : "sha1";
  await runGit({ ...here, args: ["init", "--quiet", "--bare", "--template=", `--object-format=${format}`] });
  const limits = { maxBytes, everyMs: git.lookEveryMs };
  await whileSmall(git.scratch, limits, signal, (growing) =>
    bring({ ...here, signal: growing }, url, commit),
  );
  return unpack(here, { commit, into, maxBytes });
}

/** The one commit where the server hands it out, else everything that its branches and tags hold. */
async function bring(git: InRepository, url: string, commit: string): Promise<void> {
  try {
    await runGit({ ...git, args: [...FETCH, "--depth=1", "--", url, commit] });
  } catch (error) {
    if (troubleOf(error, ["absent"]).outcome !== "absent") throw error;
    await runGit({
      ...git,
      args: [...FETCH, "--", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
    });
  }
  // A tag's or a file's name would pass for a commit's otherwise.
  const found = await runGit({ ...git, args: ["cat-file", "-t", commit] }).catch(() => null);
  if (found?.toString().trim() === "commit") return;
  git.signal.throwIfAborted();
  throw gitError(
    "absent",
    `仓库里没有提交 ${commit}：分支可能被改写过 (the repository has no such commit any more)`,
  );
}

/** Hooks are not run, submodules not looked at, and what comes stays in one pack that can be measured. */
const FETCH = [
  ...["-c", "core.hooksPath=/dev/null", "-c", "fetch.unpackLimit=1", "-c", "gc.auto=0"],
  ...["-c", "fetch.recurseSubmodules=false", "-c", "core.symlinks=false"],
  ...[
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--no-write-fetch-head",
  ],
];

/** Does something while a folder is below a size, and stops it when it is not. */
async function whileSmall(
  folder: string,
  { maxBytes, everyMs }: { maxBytes: number; everyMs: number },
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const large = new AbortController();
  const done = new AbortController();
  const watching = watchSize(folder, { maxBytes, everyMs, ended: done.signal, onLarge: () => large.abort() });
  try {
    await act(AbortSignal.any([signal, large.signal]));
  } catch (error) {
    if (large.signal.aborted && !signal.aborted) throw gitError("unsafe", tooLarge(maxBytes));
    throw signal.aborted ? gitError("canceled", "已取消 (canceled)") : error;
  } finally {
    done.abort();
    await watching;
  }
  if ((await bytesBelow(folder)) > maxBytes) throw gitError("unsafe", tooLarge(maxBytes));
}

function tooLarge(maxBytes: number): string {
  return `仓库超过上限 ${maxBytes} 字节 (the repository is larger than ${maxBytes} bytes)`;
}

async function watchSize(
  folder: string,
  given: { maxBytes: number; everyMs: number; ended: AbortSignal; onLarge: () => void },
): Promise<void> {
  const { maxBytes, everyMs, ended, onLarge } = given;
  while (!ended.aborted) {
    if ((await bytesBelow(folder)) > maxBytes) return onLarge();
    await pause(everyMs, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function bytesBelow(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile());
  const sizes = files.map((entry) =>
    stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

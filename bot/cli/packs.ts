import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import {
  actionUses,
  hasErrors,
  lockMoves,
  type PackLock,
  type PackProblem,
  type PackSet,
  planLines,
  planRelease,
} from "../../core/releases/index.ts";
import { environment, foldersOf } from "../config/index.ts";
import { checkSet, fetchLocked, lockSet, type PackTools, type SetFetched } from "../packs/index.ts";
import { prepareRules } from "../wire.ts";
import {
  type LockReading,
  packLockFile,
  packTools,
  parsePackLock,
  readPackLock,
  writePackLock,
} from "../wire-packs.ts";
import { problemLines } from "./pack-words.ts";
import { plainText } from "./plain-text.ts";

/** `whale packs lock|check|plan`: reads and writes files, and fetches repositories; no running Whale is asked. */
export function packSetCommands(packs: Command): void {
  const named = (name: string, about: string) =>
    packs.command(name).argument("<set>", "packsets/ 里的 id · a set's id").description(about);
  named(
    "lock",
    "把每个仓库定在一个提交上，写入 packsets/<set>.lock.yaml · fix each repository at a commit",
  ).action(lock);
  named(
    "check",
    "取下锁定的内容，做全部检查；有错误时退出码 1 · fetch what is locked and check all of it",
  ).action(check);
  named(
    "plan",
    "与以前的锁相比会变什么，涉及哪些规则 · what changes against an earlier lock, and which rules it touches",
  )
    .requiredOption("--from <file>", "以前的锁文件，- 表示从无到有 · an earlier lock file; - for nothing")
    .action(plan);
}

interface Work {
  set: PackSet;
  home: string;
  uses: ReturnType<typeof actionUses>;
  tools: PackTools;
  /** A folder for what is fetched. */
  dir: string;
  signal: AbortSignal;
}

async function lock(id: string): Promise<void> {
  await withSet(id, async (work) => {
    const { set, home, tools, dir, signal } = work;
    const before = lockOr(await readPackLock(home, id), null);
    const made = await lockSet(set, { dir, tools }, signal);
    const lines = told(made);
    if (made.outcome === "failed") return refuse(lines);
    const moves = lockMoves(before, made.lock);
    await writePackLock(home, made.lock);
    for (const line of lines) console.log(line);
    for (const { zh, en } of moves) console.log(plainText(zh === en ? zh : `${zh} · ${en}`));
    const count = moves.length === 0 ? "没有变化 · nothing moved" : "";
    console.log(`${packLockFile(id)} ${count || "已写入 · written"}`);
  });
}

async function check(id: string): Promise<void> {
  await withSet(id, async (work) => {
    const fetched = await fetchedLock(work, join(work.dir, "now"));
    const { set, uses, tools, signal } = work;
    const problems = await checkSet({ set, uses, ...fetched }, tools, signal);
    for (const line of problemLines(problems)) console.log(line);
    const errors = problems.filter(({ level }) => level === "error").length;
    console.log(
      `错误 ${errors}，提醒 ${problems.length - errors} · ${errors} errors, ${problems.length - errors} warnings`,
    );
    if (hasErrors(problems)) process.exitCode = 1;
  });
}

async function plan(id: string, { from }: { from: string }): Promise<void> {
  await withSet(id, async (work) => {
    const { repos: after } = await fetchedLock(work, join(work.dir, "now"));
    const before = from === "-" ? [] : await packsOfFile(work, from);
    const packs = after.flatMap((repo) => repo.packs);
    for (const { zh, en } of planLines(planRelease(before, packs, work.uses))) {
      console.log(plainText(`${zh} · ${en.trimStart()}`));
    }
  });
}

async function packsOfFile(work: Work, file: string) {
  const { set, dir, tools, signal } = work;
  const earlier = lockOr(parsePackLock(await readFile(file, "utf8"), set.id), null);
  if (earlier === null) return [];
  // The set may have been changed since: what counts here is what was locked then.
  const then = {
    ...set,
    strategy: earlier.strategy,
    base: earlier.base,
    repos: reposOf(set, earlier),
  } as PackSet;
  const fetched = await fetchLocked({ set: then, lock: earlier, dir: join(dir, "before") }, tools, signal);
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

async function fetchedLock({ set, home, tools, signal }: Work, dir: string) {
  const locked = lockOr(await readPackLock(home, set.id), null);
  if (locked === null) {
    return refuse([`没有锁，先执行 whale packs lock ${set.id} (there is no lock yet: run it first)`]);
  }
  const fetched = await fetchLocked({ set, lock: locked, dir }, tools, signal);
  return fetched.outcome === "failed" ? refuse(told(fetched)) : fetched;
}

function lockOr<T>(reading: LockReading, absent: T): PackLock | T {
  if (reading.outcome === "refused") return refuse([reading.message]);
  return reading.outcome === "read" ? reading.lock : absent;
}

function told({ problems }: Pick<SetFetched, "outcome"> & { problems: readonly PackProblem[] }): string[] {
  return problemLines(problems);
}

function refuse(lines: readonly string[]): never {
  throw new ChatOpsError(lines.join("\n"), { code: "cli.refused" });
}

/** Does something with a set of the home and a folder that is gone afterwards; Ctrl-C ends what is fetched. */
async function withSet(id: string, act: (work: Work) => Promise<void>): Promise<void> {
  const env = environment();
  const { home } = foldersOf(env, process.cwd());
  const files = await prepareRules(env, home, "made_up");
  if (files.outcome === "refused") return refuse([files.message]);
  const set = files.home.packSets.find((one) => one.id === id);
  if (!set) {
    const known = files.home.packSets.map((one) => one.id).join(", ") || "-";
    return refuse([`没有这个包集 (no such pack set), 已有 (there are): ${known}`]);
  }
  const dir = await mkdtemp(join(tmpdir(), "whale-packs-"));
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once("SIGINT", end);
  const tools = packTools({ home, env, registry: null });
  try {
    await act({ ...{ set, home, tools, dir }, uses: actionUses(files.home), signal: ending.signal });
  } finally {
    process.off("SIGINT", end);
    await rm(dir, { recursive: true, force: true });
  }
}

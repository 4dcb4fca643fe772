import { join } from "node:path";
import type { Command } from "commander";
import { hasErrors, lockMoves } from "../../core/releases/index.ts";
import { checkSet, lockSet } from "../packs/index.ts";
import { packLockFile, readPackLock, writePackLock } from "../wire-packs.ts";
import { plan } from "./pack-plan.ts";
import { problemLines } from "./pack-words.ts";
import { plainText } from "./plain-text.ts";
import { fetchedLock, lockOr, refuse, told, withSet } from "./set-work.ts";

/** `whale packs lock|check|plan`: reads and writes files, fetches repositories, and asks the clusters of a set. */
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
    "与最近的发布或以前的锁相比会变什么，涉及哪些规则 · what changes against the last release or an earlier lock, and which rules it touches",
  )
    .option(
      "--from <file>",
      "以前的锁文件，- 表示从无到有；不写则为最近的发布 · an earlier lock file; - for nothing; the last release when absent",
    )
    .action((id: string, { from }: { from?: string }) => withSet(id, (work) => plan(work, from)));
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
    const { set, uses, tools, notAsked, signal } = work;
    for (const line of notAsked) console.log(line);
    const problems = await checkSet({ set, uses, ...fetched }, tools, signal);
    for (const line of problemLines(problems)) console.log(line);
    const errors = problems.filter(({ level }) => level === "error").length;
    console.log(
      `错误 ${errors}，提醒 ${problems.length - errors} · ${errors} errors, ${problems.length - errors} warnings`,
    );
    if (hasErrors(problems)) process.exitCode = 1;
  });
}

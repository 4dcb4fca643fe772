import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { runningWhale } from "./running-whale.ts";

const ALL = "/api/v1/audit";

interface Asked {
  since?: string;
  until?: string;
  task?: string;
  who?: string;
}

/** What verifying found, as REST tells it. */
export type Verified =
  | { outcome: "whole"; count: number; head: string | null; archived?: number }
  | { outcome: "broken"; seq: number; reason: string; message: string };

/** `whale audit …`: the chain of deeds, asked of the running process. */
export function auditCommands(whale: Command): void {
  const audit = whale
    .command("audit")
    .description("审计记录，向运行中的 Whale 查询 · the audit log, asked of the running Whale");
  audit
    .command("verify")
    .option(
      "--head <hash@seq>",
      "记在别处的链头；能看出末尾被截 · a head noted elsewhere; shows a tail cut off",
    )
    .option("--archive", "还与归档核对 · also compare the archive's copy")
    .option("--json", "打印 REST 的回答 · print the answer of REST")
    .description(
      "从头核对整条链，打印链头，请记在别处 · walk the chain, print its head to be noted elsewhere",
    )
    .action(verify);
  audit
    .command("export")
    .option("--since <when>", "从何时起：2h 或 ISO 时间 · since when: 2h, or an ISO time")
    .option("--until <when>", "到何时止 · until when")
    .option("--task <id>", "只要这个任务的 · of this task alone")
    .option("--who <who>", "只要此人的 · of this person alone")
    .description("导出为 JSON 行，旧的在前 · print entries as JSON lines, oldest first")
    .action(exportEntries);
}

async function verify(asked: { head?: string; archive?: true; json?: true }): Promise<void> {
  const query = new URLSearchParams(asked.head === undefined ? {} : { head: asked.head });
  if (asked.archive) query.set("archive", "true");
  const answer = await (await runningWhale()).get(`${ALL}/verify`, query);
  const verified = (await answer.json()) as Verified;
  if (asked.json) console.log(JSON.stringify(verified));
  else for (const line of verifiedLines(verified)) console.log(line);
  if (verified.outcome === "broken") process.exitCode = 1;
}

/** What a person reads of it. */
export function verifiedLines(verified: Verified): string[] {
  if (verified.outcome === "broken") return [`不完好 · broken: ${verified.message}`];
  const { count, head, archived } = verified;
  const copy = archived === undefined ? [] : [`归档到第 ${archived} 条 · archived up to entry ${archived}`];
  const noted = head === null ? [] : [`链头，请记在别处 · the head, to be noted elsewhere: ${head}`];
  return [`完好 · whole: ${count} 条 · entries`, ...noted, ...copy];
}

async function exportEntries(asked: Asked): Promise<void> {
  const query = new URLSearchParams(Object.entries(asked) as [string, string][]);
  const { body } = await (await runningWhale()).get(`${ALL}/export`, query);
  if (!body) return;
  try {
    await pipeline(Readable.fromWeb(body), process.stdout, { end: false });
  } catch (error) {
    // The next program has read enough, as `head` does.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import { environment } from "../config/index.ts";
import { approvePolicyFile, nowMs, readPolicies, standingOf } from "../wire-tools.ts";
import { printList } from "./listed.ts";
import { terminalZone } from "./local-time.ts";
import { policyLine, policyLines } from "./policy-words.ts";

/** `whale policies …`: only reads and writes files. */
export function policyCommands(whale: Command): void {
  const policies = whale.command("policies").description("策略 · policies");
  policies
    .command("list")
    .description("每个策略的状态和剩余天数 · how each policy stands, and its days left")
    .action(list);
  policies
    .command("approve")
    .argument("<id>", "策略的 id · the policy's id")
    .requiredOption("--by <userid>", "批准人 · who approves")
    .option("--yes", "不再询问 · without asking")
    .description(
      "显示它放行什么，确认后写入批准人、时间和摘要 · show what it lets run; write the approval once confirmed",
    )
    .action(approve);
}

function homeDir(): string {
  return environment()["WHALE_HOME"] ?? "./home";
}

async function list(): Promise<void> {
  const { policies, problems } = await readPolicies(homeDir());
  const lines = policies.map(({ policy }) => policyLine(policy, nowMs()));
  printList(lines, "没有策略：policies/*.yaml · there are no policies");
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

async function approve(id: string, { by, yes }: { by: string; yes?: true }): Promise<void> {
  const { policies, uses, problems } = await readPolicies(homeDir());
  const found = policies.find(({ policy }) => policy.id === id);
  if (!found) {
    const known = policies.map(({ policy }) => policy.id).join(", ") || "-";
    const unknown = `没有这个策略，已有 (no such policy, there are): ${known}`;
    throw new ChatOpsError([unknown, ...problems].join("\n"), { code: "cli.refused" });
  }
  const file = join(homeDir(), found.file);
  const approved = approvePolicyFile({ file, text: readFileSync(file, "utf8"), by });
  if (approved.outcome === "refused") throw new ChatOpsError(approved.message, { code: "cli.refused" });
  await refuseNobody(by);
  const using = uses.filter(({ policy }) => policy === id);
  for (const line of policyLines(approved.policy, using, terminalZone())) console.log(line);
  if (!yes && !(await isConfirmed(by))) {
    throw new ChatOpsError("没有批准，文件没有改动 (not approved, the file is as it was)", {
      code: "cli.refused",
    });
  }
  writeFileSync(file, approved.text);
  console.log(`${file}: ${by} 已批准 · approved`);
}

/** What a policy lets run rests on a person who is there to answer for it. */
async function refuseNobody(by: string): Promise<void> {
  const standing = await standingOf(normaliseUserId(by), environment(), process.cwd());
  switch (standing.outcome) {
    case "active":
      return;
    case "unasked":
      return console.error(
        `没有核对有没有 ${by} 这个人 (whether ${by} exists was not checked): ${standing.why}`,
      );
    case "unknown_person":
    case "inactive":
      throw new ChatOpsError(WHY_NOT[standing.outcome](by), { code: "cli.refused" });
    default:
      return standing satisfies never;
  }
}

const WHY_NOT = {
  unknown_person: (by: string) =>
    `没有成员 ${by}，或应用看不见此人；--by 写批准人的 userid (no member ${by}, or out of the app's sight: --by is the userid of who approves)`,
  inactive: (by: string) =>
    `成员 ${by} 已停用、离职或未激活，不能批准 (${by} is disabled, left or not activated, and cannot approve)`,
};

/** Who is not at a terminal says so beforehand. */
async function isConfirmed(by: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    const message =
      "这里无法询问，看过以上内容后加上 --yes (nobody can be asked here: add --yes once you have read this)";
    throw new ChatOpsError(message, { code: "cli.refused" });
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question(`${by} 批准以上内容？输入 yes · type yes to approve: `);
  asking.close();
  return answer.trim().toLowerCase() === "yes";
}

import { resolve } from "node:path";
import type { Command } from "commander";
import { counted } from "../../core/texts/index.ts";
import { environment, storesText } from "../config/index.ts";
import { exitCodeOf } from "../doctor/index.ts";
import { prepare, prepareFiles, rosterFiles } from "../wire.ts";
import { checkActions } from "../wire-actions.ts";
import { examine } from "../wire-doctor.ts";
import { newToken } from "../wire-tools.ts";
import { findingLines } from "./finding-words.ts";
import { terminalZone } from "./local-time.ts";
import { plainJson } from "./plain-text.ts";
import { rosterLines } from "./rule-lint.ts";
import { requestOf, trySource } from "./try-source.ts";

/** `whale check|doctor|sources|tokens`: what is needed before a process runs, and to see why it does not. */
export function setupCommands(whale: Command): void {
  whale
    .command("check")
    .description("检查环境变量和 WHALE_HOME 里的文件 · check the environment and the files of WHALE_HOME")
    .option("--online", "还向集群核对动作和参数 · also compare actions and params with the clusters")
    .action(check);
  whale
    .command("doctor")
    .description(
      "逐一检查文件、存储、企业微信、回调、人、群、时钟、StackStorm · look at everything and tell what holds; exit code 1: something fails, 2: something holds in part",
    )
    .option("--json", "给程序读 · for programs")
    .action(doctor);
  whale
    .command("sources")
    .description("事件源 · sources")
    .command("try")
    .argument("<source>", "sources/ 里的名称 · a source's name")
    .argument("<file>", "请求体文件，旁边可有 NAME.headers.json · a file with a body")
    .description("把一个请求体读成事件并打印，不保存 · print the events that a body makes, as JSON")
    .action(tryFile);
  whale
    .command("tokens")
    .description("REST 的令牌 · tokens of REST")
    .command("new")
    .requiredOption("--user <userid>", "谁的令牌：只收窄此人的角色 · whose; it limits that person's roles")
    .requiredOption("--rights <list>", "权限，用逗号分开 · rights, separated by commas")
    .requiredOption("--expires <when>", "有效期或日期，如 90d · a duration or a date")
    .description(
      "生成令牌并打印要写进 tokens.yaml 的条目，不写文件 · make a token and its entry, writing nothing",
    )
    .action(printToken);
}

async function check({ online }: { online?: true }): Promise<void> {
  const prepared = await prepare(environment(), process.cwd());
  if (prepared.outcome === "refused") return stop(prepared.message);
  const faults = online ? await checkActions(prepared.home) : [];
  if (faults.length > 0) return stop(faults.map(({ about, message }) => `${about}: ${message}`).join("\n"));
  const { rules, sources, clusters, rosters } = prepared.home;
  const rosterFile = rosterFiles(prepared.files);
  for (const line of rosterLines(rosters, { rosterFile, nowMs: Date.now() })) console.log(line);
  const counts = [
    counted(rules.length, "rule"),
    counted(sources.length, "source"),
    counted(clusters.length, "cluster"),
  ];
  console.log(`没有问题 · in order: ${counts.join(", ")}`);
}

async function doctor({ json }: { json?: true }): Promise<void> {
  const prepared = await prepare(environment(), process.cwd());
  if (prepared.outcome === "refused") return stop(prepared.message);
  const findings = await examine(prepared);
  process.exitCode = exitCodeOf(findings);
  if (json) return console.log(JSON.stringify({ exitCode: process.exitCode, findings }, null, 2));
  console.log(`配置没有问题 · configuration in order: ${storesText(prepared.config.stores)}`);
  for (const line of findings.flatMap((one) => findingLines(one, terminalZone()))) console.log(line);
  const failed = findings.filter(({ outcome }) => outcome === "fails").length;
  if (failed > 0) stop(`${failed} 项不行 · failed: ${failed}`);
}

async function tryFile(source: string, file: string): Promise<void> {
  const env = environment();
  const files = await prepareFiles(env, resolve(env["WHALE_HOME"] ?? "./home"));
  if (files.outcome === "refused") return stop(files.message);
  const zone = terminalZone();
  const tried = trySource(files.inForce, { source, ...requestOf(file), zone, nowMs: Date.now() });
  if (tried.outcome === "refused") return stop(tried.message);
  console.log(plainJson(tried.results));
}

function printToken(given: { user: string; rights: string; expires: string }): void {
  const rights = given.rights.split(",").map((right) => right.trim());
  const made = newToken({ ...given, rights });
  if (made.outcome === "refused") {
    stop(made.message);
    return;
  }
  console.log(`令牌，只显示这一次 · the token, shown this once:\n\n${made.token}\n`);
  console.log(`写进 tokens.yaml 的 tokens 下面 · to stand under tokens: in tokens.yaml:\n\n${made.text}`);
}

function stop(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

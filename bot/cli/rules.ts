import { resolve } from "node:path";
import type { Command } from "commander";
import { environment } from "../config/index.ts";
import { prepareRules, ruleTests } from "../wire.ts";
import { terminalZone } from "./local-time.ts";
import { lintHome } from "./rule-lint.ts";
import { caseLines } from "./rule-test-words.ts";
import { runCase } from "./rule-tests.ts";

/** `whale rules test|lint`: what reads the rules' files alone, for people and for a team's own CI. */
export function rulesCommands(whale: Command): Command {
  const rules = whale.command("rules").description("规则 · rules");
  rules
    .command("test")
    .argument("[dir]", "WHALE_HOME，默认环境变量的 · the home; that of the environment when absent")
    .option("--json", "每个用例一行 JSON · one JSON line for each case")
    .description(
      "运行 rules/*.test.yaml，不连接任何东西；不符时退出码 1 · run the tests beside the rules, connecting to nothing; exit code 1 when one fails",
    )
    .action(testRules);
  rules
    .command("lint")
    .argument("[dir]", "WHALE_HOME，默认环境变量的 · the home; that of the environment when absent")
    .option(
      "--online",
      "再问各集群动作和参数对不对 · also ask the clusters whether actions and parameters are right",
    )
    .description(
      "找出永远不会触发、可能重叠、限流键无界、没有 owner 的规则；有 error 时退出码 1 · find rules that can never match, may overlap, or have no owner, and unbounded throttle keys; exit code 1 on errors",
    )
    .action(lint);
  return rules;
}

/** The home that a command is about. */
function homeOf(dir: string | undefined): string {
  return resolve(dir ?? environment()["WHALE_HOME"] ?? "./home");
}

async function testRules(dir: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const env = environment();
  const home = homeOf(dir);
  const files = await prepareRules(env, home, "made_up");
  if (files.outcome === "refused") return stop(files.message);
  const tests = await ruleTests(env, home);
  if (tests.outcome === "refused") return stop(tests.message);
  if (tests.cases.length === 0) return stop("没有测试：rules/*.test.yaml (there are no tests)");
  const zone = terminalZone();
  let failed = 0;
  for (const one of tests.cases) {
    const result = runCase(one, files.inForce, { zone, nowMs: Date.now() });
    if (result.outcome !== "passed") failed += 1;
    if (json) console.log(JSON.stringify({ file: one.file, line: one.line, name: one.name, ...result }));
    else for (const line of caseLines(one, result)) console.log(line);
  }
  const passed = tests.cases.length - failed;
  if (!json) console.log(`通过 · passed ${passed}, 不符 · failed ${failed}`);
  if (failed > 0) process.exitCode = 1;
}

async function lint(dir: string | undefined, { online }: { online?: boolean }): Promise<void> {
  const files = await prepareRules(environment(), homeOf(dir), online ? "real" : "made_up");
  if (files.outcome === "refused") return stop(files.message);
  const { lines, errors } = await lintHome(files, { online: online ?? false, nowMs: Date.now() });
  for (const line of lines) console.log(line);
  if (errors > 0) process.exitCode = 1;
}

function stop(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

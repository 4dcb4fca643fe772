import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { ChatOpsError } from "../../core/errors.ts";
import { hasErrors } from "../../core/releases/index.ts";
import { environment } from "../config/index.ts";
import {
  checkFolder,
  PACK_NAME,
  packFiles,
  runPackTests,
  SCAFFOLDS,
  type Scaffold,
  type TestRun,
} from "../packs/index.ts";
import { packTools } from "../wire-packs.ts";
import { problemLines } from "./pack-words.ts";
import { plainText } from "./plain-text.ts";

/** `whale packs new|test`: for who writes packs, on their own machine. */
export function packToolCommands(packs: Command): void {
  packs
    .command("new")
    .argument("<name>", "pack 的名称：小写字母、数字、下划线 · lower case letters, digits, underscores")
    .option("--in <folder>", "建在哪个文件夹里 · the folder to make it in", ".")
    .addOption(
      new Option("--kind <kind>", "动作用什么写 · what its action is written in")
        .choices(SCAFFOLDS)
        .default("python"),
    )
    .description("新建一个 pack：元数据、一个动作、它的测试 · make a pack: metadata, an action, its test")
    .action(make);
  packs
    .command("test")
    .argument("[folder]", "pack 的文件夹 · the pack's folder", ".")
    .description(
      "检查 pack 并运行它的测试（会运行它的代码） · check a pack and run its tests, which runs its code",
    )
    .action(test);
}

function make(name: string, options: { in: string; kind: Scaffold }): void {
  if (!PACK_NAME.test(name)) {
    throw new ChatOpsError(
      `pack 名称只能用小写字母、数字、下划线，以字母开头 (lower case letters, digits and underscores, a letter first): ${name}`,
      { code: "packs.bad_name" },
    );
  }
  const folder = resolve(options.in, name);
  if (existsSync(folder)) {
    throw new ChatOpsError(`已存在，不覆盖 (exists, and is left as it is): ${folder}`, {
      code: "packs.exists",
    });
  }
  for (const { path, text, executable } of packFiles(name, options.kind)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx", mode: executable ? 0o755 : 0o644 });
  }
  console.log(plainText(`已建 made: ${folder} · 试试 try: whale packs test ${folder}`));
}

async function test(folder: string): Promise<void> {
  const at = resolve(folder);
  if (!existsSync(join(at, "pack.yaml"))) {
    throw new ChatOpsError(`这里没有 pack.yaml (no pack.yaml here): ${at}`, { code: "packs.no_pack" });
  }
  const tools = packTools({ home: at, env: environment(), registry: null });
  const problems = await checkFolder(at, tools, new AbortController().signal);
  for (const line of problemLines(problems)) console.log(line);
  if (hasErrors(problems)) process.exitCode = 1;
  const runs = await runPackTests(at, environment());
  for (const line of testLines(runs)) console.log(plainText(line));
  if (runs.some(({ outcome }) => outcome !== "passed")) process.exitCode = 1;
}

const OUTCOMES: Record<TestRun["outcome"], string> = {
  passed: "通过 passed",
  failed: "失败 failed",
  missing: "没有运行，缺少程序 not run, a program is missing",
};

/** How a pack's tests ended, as lines; what one wrote is shown where it did not pass. */
export function testLines(runs: readonly TestRun[]): string[] {
  if (runs.length === 0)
    return [
      "没有测试，tests/ 里放 test_*.py 或 test_*.sh · no tests: put test_*.py or test_*.sh into tests/",
    ];
  return runs.flatMap(({ name, outcome, output }) => [
    ...(outcome === "passed"
      ? []
      : output
          .trimEnd()
          .split("\n")
          .map((line) => `  ${line}`)),
    `${name}: ${OUTCOMES[outcome]}`,
  ]);
}

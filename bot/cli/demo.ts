import { copyFileSync } from "node:fs";
import { errorText } from "../../core/errors.ts";
import { demoPort } from "../config/index.ts";
import { playRelease } from "./demo-release.ts";
import { playScript, postAlert } from "./demo-script.ts";
import { type DemoWorld, openDemoWorld } from "./demo-world.ts";

/** Between two steps of the roll-outs, where nobody has to follow them. */
const FAST_MS = 20;

/** `npm run demo`: everything in one process, no outside service. `-- --script` plays the samples and ends. */
async function main(): Promise<void> {
  const scripted = process.argv.includes("--script");
  const port = scripted ? (demoPort() ?? "0") : demoPort();
  const world = await openDemoWorld(port, scripted ? { tickEveryMs: FAST_MS } : {});
  printReady(world);
  if (scripted) return runScript(world);
  await world.wecom.verifyUrl();
  await postAlert(world, "firing-vm-disk-full.json", (text) => console.log(`  ${text}`));
  console.log("  现在打开手机页面，批准那张卡片 · open the phone page and approve the card (Ctrl-C ends)");
  let ending = false;
  const end = () => {
    // npm passes a signal on that the terminal has sent to both: the second one must not cut the end short.
    if (ending) return;
    ending = true;
    void world.close().then(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

function printReady(world: DemoWorld): void {
  const { url, wecom, stackstorm, home, logFile, envFile } = world;
  const phone = `${wecom.url}/phone`;
  console.log("鲸 Whale 演示 · demo");
  console.log(`  手机页面 phone   ${phone}`);
  console.log("  任务页面 pages   卡片上的链接 · the links on cards");
  console.log(`  控制台 console   ${url}/`);
  console.log(`  告警入口 intake  ${url}/hooks/alertmanager  ${url}/hooks/generic`);
  console.log(`  健康检查 health  ${url}/readyz`);
  console.log(`  日志 log         ${logFile}`);
  console.log(`  命令 commands    . ${envFile} && npm run whale -- …`);
  console.log(world.withPacks ? PACKS : NO_GIT);
  console.log(`WHALE READY ${JSON.stringify({ url, phone, st2: stackstorm.url, home })}`);
}

const PACKS = "  包与发布 packs   whale packs check|plan|build base，whale releases start base（README）";
const NO_GIT =
  "  没有找到 git，包的构建与发布不演示 · no git was found: builds and releases of packs are not shown";

async function runScript(world: DemoWorld): Promise<void> {
  const started = performance.now();
  const tell = (text: string) => {
    const at = Math.round(performance.now() - started);
    console.log(`${String(at).padStart(6)} ms  ${text}`);
  };
  try {
    await playScript(world, tell);
    if (world.withPacks) await playRelease(world, tell);
    else tell(NO_GIT.trim());
    tell("样例都已走通 · all samples played");
  } catch (error) {
    tell(`失败 · FAILED ${errorText(error)}`);
    tell(`日志 · log ${keepLog(world)}`);
    process.exitCode = 1;
  } finally {
    await world.close();
  }
}

/** The log beside the folder that goes with the demo. */
function keepLog({ folder, logFile }: DemoWorld): string {
  const kept = `${folder}.log`;
  copyFileSync(logFile, kept);
  return kept;
}

main().catch((error: unknown) => {
  console.error(`演示没有启动 · demo not started: ${errorText(error)}`);
  const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  if (taken)
    console.error("  端口被占用，可以换一个 · the port is taken, for a free one: PORT=0 npm run demo");
  process.exitCode = 1;
});

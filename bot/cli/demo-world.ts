import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import { createVms } from "../../fixtures/simulators/vms.ts";
import {
  demoCompany,
  startWecomSimulator,
  type WecomSimulator,
} from "../../fixtures/simulators/wecom/index.ts";
import { prepare, startWhale, type Whale } from "../wire.ts";
import { approvePolicyFile } from "../wire-tools.ts";
import { type DemoCluster, hasGit, makeDemoRepositories, openDemoClusters } from "./demo-packs.ts";
import { fixture } from "./fixture-path.ts";

/**
 * Whale with everything around it played by simulators, in one process on loopback. `stackstorm` and `kubernetes` are those
 * of the first cluster.
 */
export interface DemoWorld extends DemoCluster {
  whale: Whale;
  wecom: WecomSimulator;
  /** Address of Whale. */
  url: string;
  /** Folder with a copy of the sample home, the stores, the log and the machines. */
  folder: string;
  home: string;
  vms: string;
  logFile: string;
  /** For a shell that runs commands beside the demo. */
  envFile: string;
  /** Whether packs and their releases can be shown: git is needed for that. */
  withPacks: boolean;
  /** Moves Whale's and StackStorm's time on. */
  jump(byMs: number): void;
  close(): Promise<void>;
}

/**
 * Starts the demo's world in a new folder. The simulators stand in for WeCom, StackStorm, its machines and workers, whose
 * roll-outs go on every `tickEveryMs`.
 */
export async function openDemoWorld(
  port: string | undefined,
  { tickEveryMs = 1_000 }: { tickEveryMs?: number } = {},
): Promise<DemoWorld> {
  const folder = mkdtempSync(join(tmpdir(), "whale-demo-"));
  const home = join(folder, "home");
  const vms = join(folder, "vms");
  const logFile = join(folder, "whale.log");
  const envFile = join(folder, "env");
  cpSync(fixture("home"), home, { recursive: true });
  approveSample(join(home, "policies", "read-only.yaml"));
  createVms(vms);
  const around = await openAround({ folder, home, vms, tickEveryMs });
  const { wecom, first, images, clock, jump, closeAround } = around;
  const env = { ...around.env, ...demoEnvironment(await knownPort(port), home) };
  writeFileSync(envFile, exportsOf(env));
  const withPacks = hasGit();
  const start = async () => {
    const prepared = await prepareDemo(env, home);
    if (withPacks) await makeDemoRepositories(home, env);
    const logTo = { write: (line: string) => appendFileSync(logFile, line) };
    return startWhale({ ...prepared, clock, images, logTo });
  };
  const whale = await start().catch(async (error: unknown) => {
    await closeAround();
    throw error;
  });
  const url = `http://${whale.host}:${whale.port}`;
  wecom.setCallbackUrl(`${url}/wecom/callback`);
  const close = async () => {
    await whale.close();
    await closeAround();
  };
  return { ...first, whale, wecom, url, folder, home, vms, logFile, envFile, withPacks, jump, close };
}

/** The sample's policy is approved by nobody; in the demo 王五 did so before it starts. */
function approveSample(file: string): void {
  const approved = approvePolicyFile({ file, text: readFileSync(file, "utf8"), by: "wangwu" });
  if (approved.outcome === "refused") throw new ChatOpsError(approved.message, { code: "demo.refused" });
  writeFileSync(file, approved.text);
}

/** Starts everything that Whale talks to, on a clock that can be moved on. */
async function openAround(given: { folder: string; home: string; vms: string; tickEveryMs: number }) {
  const { clusters, images, env } = await openDemoClusters(given);
  const wecom = await startWecomSimulator();
  wecom.groups.addOwn("shopalerts", "商城告警", ["zhangsan", "lisi"]);
  const closeAround = async () => {
    await wecom.close();
    for (const { stackstorm, kubernetes } of clusters) {
      await stackstorm.close();
      await kubernetes.close();
    }
    rmSync(given.folder, { recursive: true, force: true });
  };
  let offsetMs = 0;
  const jump = (byMs: number) => {
    offsetMs += byMs;
    for (const { stackstorm } of clusters) void stackstorm.faults.set({ clockSkewMs: offsetMs });
  };
  const clock = { nowMs: () => Date.now() + offsetMs };
  const addresses = { WECOM_API: wecom.url, WECOM_LOGIN: wecom.url };
  return { wecom, first: clusters[0], images, env: { ...env, ...addresses }, clock, jump, closeAround };
}

type Env = Record<string, string>;

/** Links on cards need the port before Whale listens on it. */
async function knownPort(port = "8080"): Promise<string> {
  if (port !== "0") return port;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(free);
}

function demoEnvironment(port: string, home: string): Env {
  return {
    HOST: "127.0.0.1",
    PORT: port,
    WHALE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    WHALE_HOME: home,
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    PROMETHEUS_HOOK_TOKEN: "demo-token-of-the-prometheus-source",
  };
}

/** Lines for a shell. None of the values holds a quote. */
function exportsOf(env: Env): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join("");
}

async function prepareDemo(env: Env, home: string) {
  const prepared = await prepare(env, home);
  if (prepared.outcome === "refused") throw new ChatOpsError(prepared.message, { code: "demo.refused" });
  return prepared;
}

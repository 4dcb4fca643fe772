import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import { createVms } from "../../fixtures/simulators/vms.ts";
import {
  demoCompany,
  startWecomSimulator,
  type WecomSimulator,
} from "../../fixtures/simulators/wecom/index.ts";
import { prepare, startWhale, type Whale } from "../wire.ts";
import { fixture } from "./fixture-path.ts";

const API_KEY = "demo-key-of-the-stackstorm-simulator";

/** Whale with everything around it played by simulators, in one process on loopback. */
export interface DemoWorld {
  whale: Whale;
  wecom: WecomSimulator;
  stackstorm: StackStormSimulator;
  /** Address of Whale. */
  url: string;
  /** Folder with a copy of the sample home, the stores, the log and the machines. */
  folder: string;
  home: string;
  vms: string;
  logFile: string;
  close(): Promise<void>;
}

/** Starts the demo's world in a new folder. The simulators stand in for WeCom, StackStorm and its machines. */
export async function openDemoWorld(port: string | undefined): Promise<DemoWorld> {
  const folder = mkdtempSync(join(tmpdir(), "whale-demo-"));
  const home = join(folder, "home");
  const vms = join(folder, "vms");
  const logFile = join(folder, "whale.log");
  cpSync(fixture("home"), home, { recursive: true });
  createVms(vms);
  const stackstorm = await startStackStormSimulator({
    packsDir: fixture("packs"),
    vmsDir: vms,
    apiKey: API_KEY,
  });
  const wecom = await startWecomSimulator();
  wecom.groups.addOwn("shopalerts", "商城告警", ["zhangsan", "lisi"]);
  const env = demoEnvironment({ port: await knownPort(port), home, wecom, stackstorm });
  const closeAround = async () => {
    await wecom.close();
    await stackstorm.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const whale = await startDemoWhale(env, logFile).catch(async (error: unknown) => {
    await closeAround();
    throw error;
  });
  const url = `http://${whale.host}:${whale.port}`;
  wecom.setCallbackUrl(`${url}/wecom/callback`);
  const close = async () => {
    await whale.close();
    await closeAround();
  };
  return { whale, wecom, stackstorm, url, folder, home, vms, logFile, close };
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

function demoEnvironment(given: {
  port: string;
  home: string;
  wecom: WecomSimulator;
  stackstorm: StackStormSimulator;
}): Env {
  const { port, home, wecom, stackstorm } = given;
  return {
    HOST: "127.0.0.1",
    PORT: port,
    WHALE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    WHALE_HOME: home,
    WECOM_API: wecom.url,
    WECOM_LOGIN: wecom.url,
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    HZ_ST2_API: stackstorm.api,
    HZ_ST2_KEY: API_KEY,
    PROMETHEUS_HOOK_TOKEN: "demo-token-of-the-prometheus-source",
  };
}

async function startDemoWhale(env: Env, logFile: string): Promise<Whale> {
  const prepared = await prepare(env, env["WHALE_HOME"] ?? "/");
  if (prepared.outcome === "refused") throw new ChatOpsError(prepared.message, { code: "demo.refused" });
  return startWhale({ ...prepared, logTo: { write: (line) => appendFileSync(logFile, line) } });
}

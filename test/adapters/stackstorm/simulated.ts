import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createStackStorm,
  type StackStorm,
  type StackStormOptions,
} from "../../../adapters/stackstorm/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import type { Clock } from "../../../core/ports/index.ts";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../../fixtures/simulators/stackstorm/index.ts";
import { type RecordingLog, recordingLog } from "../../support/log.ts";
import { API_KEY, aCluster, countedMetrics, passwordAuth } from "./support.ts";

const PACKS = join(import.meta.dirname, "../../../fixtures/packs");
const wallClock: Clock = { nowMs: () => Date.now() };

/** A simulated StackStorm and a client of it. */
export interface Simulated {
  simulator: StackStormSimulator;
  st2: StackStorm;
  log: RecordingLog;
  /** Folder whose subfolders play the machines. */
  vmsDir: string;
  close(): Promise<void>;
}

/** Starts both, with short pauses. */
export async function simulated(
  auth: Cluster["auth"] = { kind: "apiKey", apiKey: API_KEY },
  options: Partial<StackStormOptions> = {},
): Promise<Simulated> {
  const vmsDir = mkdtempSync(join(tmpdir(), "whale-st2-"));
  const login = { apiKey: API_KEY, user: passwordAuth.user, password: passwordAuth.password };
  const simulator = await startStackStormSimulator({ packsDir: PACKS, vmsDir, ...login, heartbeatMs: 20 });
  const log = recordingLog();
  const st2 = createStackStorm({
    clusters: [aCluster(simulator.url, { auth })],
    clock: wallClock,
    log,
    metrics: countedMetrics(),
    options: { streamBackoffMinMs: 1, streamBackoffMaxMs: 20, streamSettleMs: 5_000, ...options },
  });
  return {
    simulator,
    st2,
    log,
    vmsDir,
    close: async () => {
      st2.close();
      await simulator.close();
      rmSync(vmsDir, { recursive: true, force: true });
    },
  };
}

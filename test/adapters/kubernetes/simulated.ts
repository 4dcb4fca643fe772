import { createKubernetesRollouts, type KubernetesRollouts } from "../../../adapters/kubernetes/index.ts";
import type { KubernetesDeploy, Workload } from "../../../core/clusters/index.ts";
import {
  type KubernetesSimulator,
  type KubernetesSimulatorOptions,
  startKubernetesSimulator,
} from "../../../fixtures/simulators/kubernetes/index.ts";
import { type RecordingLog, recordingLog } from "../../support/log.ts";
import { countedMetrics } from "../stackstorm/support.ts";

export const TOKEN = "k8s-t0ken-of-whale";
export const IMAGES = {
  first: "registry.example/sre/packs:1",
  next: "registry.example/sre/packs@sha256:22",
  broken: "registry.example/sre/packs@sha256:bad",
};

/** A simulated API server and roll-outs over it, for the cluster `hz`. */
export interface Simulated {
  simulator: KubernetesSimulator;
  rollouts: KubernetesRollouts;
  log: RecordingLog;
  close(): Promise<void>;
}

function byChart(service: string): Workload[] {
  return [{ name: `st2-${service}`, container: service, named: false }];
}

/** Where the simulator's StackStorm stands, as a cluster's file says it. */
export function aDeploy(api: string, overrides: Partial<KubernetesDeploy> = {}): KubernetesDeploy {
  return {
    ...{ kind: "kubernetes", api, namespace: "stackstorm", token: { text: TOKEN } },
    workloads: {
      workers: byChart("st2actionrunner"),
      api: byChart("st2api"),
      client: byChart("st2client"),
      sensors: byChart("st2sensorcontainer"),
    },
    ...overrides,
  };
}

export interface Setup {
  simulator?: Partial<KubernetesSimulatorOptions>;
  deploy?: Partial<KubernetesDeploy>;
  requestTimeoutMs?: number;
}

export async function simulated(setup: Setup = {}): Promise<Simulated> {
  const simulator = await startKubernetesSimulator({ token: TOKEN, msPerTick: 60_000, ...setup.simulator });
  const log = recordingLog();
  const { requestTimeoutMs } = setup;
  const rollouts = createKubernetesRollouts({
    clusters: [{ name: "hz", deploy: aDeploy(simulator.url, setup.deploy) }],
    ...{ log, metrics: countedMetrics() },
    ...(requestTimeoutMs === undefined ? {} : { options: { requestTimeoutMs } }),
  });
  return {
    ...{ simulator, rollouts, log },
    close: async () => {
      rollouts.close();
      await simulator.close();
    },
  };
}

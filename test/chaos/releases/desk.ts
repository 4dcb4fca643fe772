import { localAccess } from "../../../bot/wire-local.ts";
import type { Release, ReleaseStage } from "../../../core/releases/index.ts";
import {
  type KubernetesSimulator,
  startKubernetesSimulator,
} from "../../../fixtures/simulators/kubernetes/index.ts";
import { aFinishedBuild } from "../../support/pack-builds.ts";
import { openSurroundings, type Surroundings, withStore } from "../surroundings.ts";

const TOKEN = "k8s-t0ken-of-the-campaign";
const IMAGE = "registry.example/sre/packs";
const CLUSTER = "only";
export const WORKLOADS = ["actionrunner", "api", "client", "sensorcontainer"].map((name) => `st2-st2${name}`);
const BASE = { builder: "stackstorm/st2:3.9.0", runtime: "busybox:1.36.1" };
const URL = "https://git.example/packs.git";

/** Two builds that are released in turn. */
export const BUILDS = ["1", "2"].map((digit) => ({
  ...{ id: `b_01JDZ${digit.repeat(21)}`, digest: `sha256:${digit.repeat(64)}` },
  reference: `${IMAGE}@sha256:${digit.repeat(64)}`,
}));

const FILES = (api: string) => ({
  "clusters/only.yaml": {
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the file names variables of the environment
    ...{ name: CLUSTER, api: "${ST2_API}", auth: { apiKey: "${ST2_KEY}" } },
    deploy: {
      ...{ kind: "kubernetes", api, namespace: "stackstorm", helmRelease: "st2" },
      token: "${K8S_TOKEN}",
    },
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  },
  "packsets/base.yaml": {
    ...{
      id: "base",
      title: "示例包",
      strategy: "packs-image",
      image: IMAGE,
      clusters: [CLUSTER],
      base: BASE,
    },
    repos: [{ name: "packs", url: URL, ref: "main", paths: ["disk", "dmesg"] }],
    ...{ canary: { action: "core.noop" }, approval: { from: { users: ["zhangsan"] }, timeout: "2h" } },
  },
});

/** Surroundings with a Kubernetes, and builds that can be released. */
export interface Desk {
  around: Surroundings;
  kubernetes: KubernetesSimulator;
  /** Asks a process for something; null where none answers. */
  call(path: string, body?: object): Promise<Answer | null>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  body: {
    release?: Release;
    releases?: { id: string; stage: ReleaseStage }[];
    drift?: { outcome: string }[];
  };
}

export async function openDesk(given: Parameters<typeof openSurroundings>[0]): Promise<Desk> {
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: `${IMAGE}:before`, tickEveryMs: 50, msPerTick: 30_000 },
  });
  const around = await openSurroundings({
    ...{ ...given, files: FILES(kubernetes.url), more: { K8S_TOKEN: TOKEN } },
  });
  await withStore(around.envs[0] ?? {}, async ({ state }) => {
    for (const { id, digest } of BUILDS) {
      const set = { id: "base", image: IMAGE, base: BASE, url: URL };
      const body = await aFinishedBuild({ id, digest, tag: digest.slice(-2), set });
      await state.put({ kind: "build", name: id, expected: null, body });
    }
  });
  return {
    ...{ around, kubernetes },
    call: (path, body) => firstAnswer(around, path, body),
    close: async () => {
      await around.close();
      await kubernetes.close();
    },
  };
}

const PATIENCE_MS = 5_000;

async function firstAnswer({ envs }: Surroundings, path: string, body?: object): Promise<Answer | null> {
  for (const { WHALE_DATA = "" } of envs) {
    // A process that was killed leaves its address behind, and may die while it answers.
    const answer = await ask(WHALE_DATA, path, body).catch(() => null);
    if (answer) return answer;
  }
  return null;
}

async function ask(dataDir: string, path: string, body?: object): Promise<Answer> {
  const { origin, token } = await localAccess(dataDir);
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    connection: "close",
  };
  const answer = await fetch(`${origin}/api/v1/releases${path}`, {
    ...{ headers, signal: AbortSignal.timeout(PATIENCE_MS) },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

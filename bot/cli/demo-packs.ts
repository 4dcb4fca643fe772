import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import {
  createImageSimulator,
  createPackVolume,
  type ImageSimulator,
} from "../../fixtures/simulators/images/index.ts";
import {
  type KubernetesSimulator,
  startKubernetesSimulator,
} from "../../fixtures/simulators/kubernetes/index.ts";
import {
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import { environment } from "../config/index.ts";
import { lockSet } from "../packs/index.ts";
import { prepareRules } from "../wire.ts";
import { packTools, writePackLock } from "../wire-packs.ts";
import { fixture } from "./fixture-path.ts";

/** The pack set of the sample home. */
export const DEMO_SET = "base";
const API_KEY = "demo-key-of-the-stackstorm-simulator";
const TOKEN = "demo-token-of-the-kubernetes-simulator";
/** As the sample's pack set says; its tag is what the workers have when the demo starts. */
const FIRST_IMAGE = "127.0.0.1:5000/ops/st2-packs:first";
const BASES = ["stackstorm/st2:3.8.1", "busybox:1.36.1"];

/** One StackStorm of the demo and what runs its workers, both played. */
export interface DemoCluster {
  stackstorm: StackStormSimulator;
  kubernetes: KubernetesSimulator;
}

export interface DemoClusters {
  /** The first is the sample home's own. */
  clusters: readonly [DemoCluster, DemoCluster];
  /** What builds images, and has them. */
  images: ImageSimulator["builder"];
  /** What the home's cluster files name. */
  env: Readonly<Record<string, string>>;
}

interface Place {
  folder: string;
  home: string;
  vms: string;
  tickEveryMs: number;
}

/** Starts two clusters over the same machines, and writes into the home how each is reached and released to. */
export async function openDemoClusters(place: Place): Promise<DemoClusters> {
  const { folder, home } = place;
  const images = createImageSimulator({ folder: join(folder, "images"), bases: BASES });
  const first = await openCluster("hz", place, images);
  const second = await openCluster("bj", place, images);
  const file = (name: string) => join(home, "clusters", `${name}.yaml`);
  const sample = readFileSync(file("hz-core"), "utf8");
  writeFileSync(file("hz-core"), `${sample}${deployText("HZ")}`);
  writeFileSync(file("bj-core"), `${inBeijing(sample)}${deployText("BJ")}`);
  const set = join(home, "packsets", `${DEMO_SET}.yaml`);
  const both = readFileSync(set, "utf8").replace("clusters: [hz-core]", "clusters: [bj-core, hz-core]");
  writeFileSync(set, both);
  const env = { ...addresses("HZ", first), ...addresses("BJ", second) };
  return { clusters: [first, second], images: images.builder, env };
}

async function openCluster(
  zone: string,
  { folder, vms, tickEveryMs }: Place,
  images: ImageSimulator,
): Promise<DemoCluster> {
  const packsDir = join(folder, `packs-${zone}`);
  cpSync(fixture("packs"), packsDir, { recursive: true });
  const volume = createPackVolume({ packsDir, kept: join(folder, `first-packs-${zone}`), images });
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: FIRST_IMAGE, tickEveryMs },
    onTick: (running) => volume(running("st2-st2api")),
  });
  const stackstorm = await startStackStormSimulator({ packsDir, vmsDir: vms, apiKey: API_KEY });
  return { stackstorm, kubernetes };
}

function addresses(prefix: string, { stackstorm, kubernetes }: DemoCluster): Record<string, string> {
  return {
    ...{ [`${prefix}_ST2_API`]: stackstorm.api, [`${prefix}_ST2_KEY`]: API_KEY },
    ...{ [`${prefix}_K8S_API`]: kubernetes.url, [`${prefix}_K8S_TOKEN`]: TOKEN },
  };
}

/** The sample's cluster once more, asked after the first. */
function inBeijing(text: string): string {
  const words = {
    杭州: "北京",
    "hz-core": "bj-core",
    "zone: hz": "zone: bj",
    HZ_: "BJ_",
    "priority: 10": "priority: 5",
  };
  return Object.entries(words).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

function deployText(prefix: string): string {
  return `# 演示里由 Kubernetes 模拟器扮演。
deploy:
  kind: kubernetes
  api: "\${${prefix}_K8S_API}"
  namespace: stackstorm
  helmRelease: st2
  token: "\${${prefix}_K8S_TOKEN}"
`;
}

/** Whether there is a git to show packs and releases with. */
export function hasGit(): boolean {
  try {
    git(".", "--version");
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the two repositories that the sample's pack set names, each time with the same commits, and locks the set.
 * `disk` has a version more than what the demo's cluster starts with.
 */
export async function makeDemoRepositories(home: string, env: Readonly<Record<string, string>>) {
  const repos = join(home, "repos");
  const disk = repository(join(repos, "disk"));
  disk.commit(fixture("packs", "disk"), "v1.0.0");
  disk.commit(fixture("packs-next", "disk"), "v1.1.0");
  const dmesg = fixture("packs", "dmesg");
  const version = /^version: *(\S+)$/m.exec(readFileSync(join(dmesg, "pack.yaml"), "utf8"))?.[1];
  repository(join(repos, "dmesg")).commit(dmesg, `v${version}`);
  await lock(home, env);
}

function repository(folder: string) {
  mkdirSync(folder, { recursive: true });
  git(folder, "init", "--quiet");
  git(folder, "symbolic-ref", "HEAD", "refs/heads/main");
  // So that whoever tries it can commit there too.
  git(folder, "config", "user.name", "whale demo");
  git(folder, "config", "user.email", "demo@whale.example");
  return {
    /** Lays files over those that are there, commits all and tags it. */
    commit: (from: string, tag: string): void => {
      cpSync(from, folder, { recursive: true });
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "--message", tag);
      git(folder, "tag", tag);
    },
  };
}

const COMMIT_AT = "2026-11-01T00:00:00Z";

/** Runs git apart from the settings of whoever runs the demo: signed commits and hooks would be theirs. */
function git(cwd: string, ...args: string[]): void {
  const apart = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", HOME: cwd };
  const dates = { GIT_AUTHOR_DATE: COMMIT_AT, GIT_COMMITTER_DATE: COMMIT_AT };
  const { PATH } = environment();
  execFileSync("git", args, { cwd, env: { PATH, ...apart, ...dates }, stdio: ["ignore", "ignore", "pipe"] });
}

async function lock(home: string, env: Readonly<Record<string, string>>): Promise<void> {
  const files = await prepareRules(env, home, "real");
  if (files.outcome === "refused") throw notLocked(files.message);
  const set = files.home.packSets.find(({ id }) => id === DEMO_SET);
  if (!set) throw notLocked(`packsets/${DEMO_SET}.yaml`);
  const tools = packTools({ home, env: environment(), registry: null });
  const made = await lockSet(set, { dir: join(home, "data", "lock"), tools }, AbortSignal.timeout(LOCK_MS));
  if (made.outcome === "failed") throw notLocked(made.problems.map(({ en }) => en).join("; "));
  await writePackLock(home, made.lock);
}

const LOCK_MS = 30_000;

function notLocked(why: string): ChatOpsError {
  return new ChatOpsError(`pack set ${DEMO_SET}: ${why}`, { code: "demo.not_locked" });
}

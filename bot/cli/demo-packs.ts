import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChatOpsError } from "../../core/errors.ts";
import { createImageSimulator, createPackVolume } from "../../fixtures/simulators/images/index.ts";
import {
  type KubernetesSimulator,
  startKubernetesSimulator,
} from "../../fixtures/simulators/kubernetes/index.ts";
import { environment } from "../config/index.ts";
import { lockSet } from "../packs/index.ts";
import { prepareRules } from "../wire.ts";
import { packTools, writePackLock } from "../wire-packs.ts";
import { fixture } from "./fixture-path.ts";

/** The pack set of the sample home. */
export const DEMO_SET = "base";
const TOKEN = "demo-token-of-the-kubernetes-simulator";
/** As the sample's pack set says; its tag is what the workers have when the demo starts. */
const FIRST_IMAGE = "127.0.0.1:5000/ops/st2-packs:first";
const BASES = ["stackstorm/st2:3.8.1", "busybox:1.36.1"];

/** Where the packs of the demo's StackStorm are, and what plays everything that brings new ones there. */
export interface DemoWorkers {
  packsDir: string;
  kubernetes: KubernetesSimulator;
  images: ReturnType<typeof createImageSimulator>["builder"];
  /** What the sample home's cluster needs to be released to. */
  env: Readonly<Record<string, string>>;
}

/** Starts the simulators that releases go through, and names them in the home's cluster file. */
export async function openDemoWorkers({
  folder,
  home,
  tickEveryMs,
}: {
  folder: string;
  home: string;
  tickEveryMs: number;
}): Promise<DemoWorkers> {
  const packsDir = join(folder, "packs");
  cpSync(fixture("packs"), packsDir, { recursive: true });
  const images = createImageSimulator({ folder: join(folder, "images"), bases: BASES });
  const volume = createPackVolume({ packsDir, kept: join(folder, "first-packs"), images });
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: FIRST_IMAGE, tickEveryMs },
    onTick: (running) => volume(running("st2-st2api")),
  });
  appendFileSync(join(home, "clusters", "hz-core.yaml"), DEPLOY);
  const env = { HZ_K8S_API: kubernetes.url, HZ_K8S_TOKEN: TOKEN };
  return { packsDir, kubernetes, images: images.builder, env };
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the file names variables of the environment
const DEPLOY = `# 演示里由 Kubernetes 模拟器扮演。
deploy:
  kind: kubernetes
  api: "\${HZ_K8S_API}"
  namespace: stackstorm
  helmRelease: st2
  token: "\${HZ_K8S_TOKEN}"
`;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

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

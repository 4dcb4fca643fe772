import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { BILL_PATH } from "../../core/releases/index.ts";
import { startKubernetesSimulator } from "../../fixtures/simulators/kubernetes/index.ts";
import { tempFolder } from "../support/sqlite.ts";
import { cardsOf, click, logged, openWorld, until, type World } from "../support/world.ts";
import { pulled, treeOf } from "./pulled.ts";
import { imagesMissing, startRegistry, type TestRegistry } from "./registry.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const TOKEN = "k8s-t0ken-of-the-chain";
const PACKS = ["disk", "dmesg"];
const run = promisify(execFile);
const missing = imagesMissing() || (!existsSync("/usr/bin/git") && "not installed: git");

/** Each of the sample packs in a repository of its own. */
async function sampleRepositories(folder: string): Promise<string[]> {
  const who = ["-c", "user.name=sre", "-c", "user.email=sre@example.com"];
  return Promise.all(
    PACKS.map(async (pack) => {
      const repo = join(folder, `${pack}.git`);
      mkdirSync(repo);
      cpSync(join(ROOT, "fixtures/packs", pack), join(repo, pack), { recursive: true });
      const git = (...args: string[]) => run("git", ["-C", repo, ...args]);
      await git("init", "-q", "-b", "main");
      await git("add", ".");
      await git(...who, "commit", "-q", "-m", pack);
      return repo;
    }),
  );
}

async function aDesk(t: TestContext) {
  const folder = tempFolder();
  t.after(() => folder.remove());
  const [registry, urls] = await Promise.all([startRegistry(t), sampleRepositories(folder.path)]);
  const image = `${registry.host}/ops/packs`;
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: `${image}:before`, tickEveryMs: 50 },
  });
  t.after(() => kubernetes.close());
  const set = {
    ...{ id: "ops", title: "运维", strategy: "packs-image", image, base: registry.base },
    repos: urls.map((url, at) => ({ name: PACKS[at], url, ref: "main", paths: ["*"] })),
    ...{ folders: [folder.path], clusters: ["hz-core"], canary: { action: "core.noop" } },
    approval: { from: { users: ["lisi"] }, need: 1, timeout: "2h" },
  };
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the file names variables of the environment
  const cluster = {
    ...{
      name: "hz-core",
      api: "${HZ_ST2_API}",
      auth: { apiKey: "${HZ_ST2_KEY}" },
      businesses: ["shop", "pay"],
    },
    deploy: {
      ...{ kind: "kubernetes", api: kubernetes.url, namespace: "stackstorm", helmRelease: "st2" },
      token: "${HZ_K8S_TOKEN}",
    },
  };
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  const world = await openWorld(t, {
    files: { "packsets/ops.yaml": set, "clusters/hz-core.yaml": cluster },
    env: { WHALE_REGISTRY_TLS_VERIFY: "false", HZ_K8S_TOKEN: TOKEN },
  });
  const whale = async (...args: string[]) => {
    const env = { PATH: process.env["PATH"] ?? "", ...world.env };
    return (await run(process.execPath, [join(ROOT, "bot/cli/whale.ts"), ...args], { env, cwd: folder.path }))
      .stdout;
  };
  const imageIn = (name: string) =>
    kubernetes.deployment(name).spec.template.spec.initContainers?.[0]?.image ?? "";
  return { folder: folder.path, registry, urls, kubernetes, world, whale, imageIn };
}

async function approve(world: World): Promise<void> {
  const card = await until(world, "a card to approve the release", () => {
    const open = cardsOf(world, "lisi", "运维").findLast(({ greyed }) => greyed === null);
    return open?.taskId ? { user: "lisi", cardId: open.taskId } : null;
  });
  await click(world, card, "approve");
}

/** The registry loses a tag, as when somebody cleans it up. */
function forget(registry: TestRegistry, tag: string): void {
  rmSync(join(registry.folder, "data/docker/registry/v2/repositories/ops/packs/_manifests/tags", tag), {
    recursive: true,
  });
}

test("from git over a lock, its checks and an image to the workers: what they run is what was committed", {
  skip: missing,
}, async (t) => {
  const { folder, registry, urls, kubernetes, world, whale, imageIn } = await aDesk(t);
  await whale("packs", "lock", "ops");
  assert.match(await whale("packs", "check", "ops"), / 0 errors/);
  const said = await whale("packs", "build", "ops");
  assert.match(said, /==> fetching[\s\S]*==> checking[\s\S]*==> building[\s\S]*==> pushing[\s\S]*==> done/);
  const [, build = ""] = /^(b_\w+) ops/m.exec(said) ?? [];
  const [, tag = "", digest] = /pushed \S+ops\/packs:(\w+)@(sha256:\w{64})/.exec(said) ?? [];
  const { components } = JSON.parse(await whale("builds", "sbom", build));
  assert.deepEqual(
    components.map(({ name }: { name: string }) => name),
    PACKS,
  );

  assert.match(await whale("releases", "start", "ops", "--why", "first"), /等待批准/);
  await approve(world);
  await logged(world, { msg: "a cluster is drained: nothing new starts there" });
  world.jump(11_000);
  await logged({ ...world, patienceMs: 60_000 } as World, { msg: "a release went on", stage: "done" });
  const patched = ["actionrunner", "api", "client", "sensorcontainer"].map((name) =>
    imageIn(`st2-st2${name}`),
  );
  assert.deepEqual(new Set(patched), new Set([`${registry.host}/ops/packs@${digest}`]));
  assert.equal(world.stackstorm.rows().filter(({ action }) => action === "core.noop").length, 2);

  const root = await pulled(patched[0] ?? "", folder);
  for (const [at, pack] of PACKS.entries()) {
    const clone = join(folder, `clone-${pack}`);
    await run("git", ["clone", "-q", urls[at] ?? "", clone]);
    assert.deepEqual(treeOf(join(root, "opt/stackstorm/packs", pack)), treeOf(join(clone, pack)), pack);
  }
  assert.ok(existsSync(join(root, BILL_PATH)));

  const [, release = ""] = /^(r_\w+) /m.exec(await whale("releases", "list")) ?? [];
  assert.match(await whale("releases", "drift"), /hz-core/);
  assert.match(await whale("releases", "diff", release, release.slice(-6)), /no difference/);
  kubernetes.edit("st2-st2api", (spec) => {
    for (const one of spec.template.spec.initContainers ?? [])
      one.image = `${registry.host}/ops/packs:by-hand`;
  });
  assert.match(await whale("releases", "drift"), /by-hand/);
  await assert.rejects(whale("releases", "show", "r_none"), /没有这个编号的发布/);
  await assert.rejects(whale("builds", "cancel", build), /构建已经结束/);
  assert.match(await whale("releases", "rollback", release, "--why", "tried"), /回滚/);

  assert.match(await whale("packs", "build", "ops"), /the same image is there/);
  forget(registry, tag);
  const anew = await whale("packs", "build", "ops");
  assert.match(anew, /==> pushing/);
  assert.ok(anew.includes(`packs:${tag}@${digest}`), "one lock, built twice, has one digest");
});

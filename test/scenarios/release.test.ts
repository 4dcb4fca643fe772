import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openTree } from "../../adapters/git/index.ts";
import { packFormat } from "../../adapters/stackstorm/index.ts";
import type { Build, PackImage } from "../../core/releases/index.ts";
import {
  type KubernetesSimulator,
  startKubernetesSimulator,
} from "../../fixtures/simulators/kubernetes/index.ts";
import {
  cardsOf,
  click,
  FIXTURES,
  logged,
  messagesOf,
  openWorld,
  type SeenCard,
  until,
  type World,
} from "../support/world.ts";
import { talk } from "./talk.ts";

const TOKEN = "k8s-t0ken-of-the-scenario";
const IMAGE = "registry.example/sre/packs";
const BEFORE = `${IMAGE}:1`;
const DIGEST = `sha256:${"2".repeat(64)}`;
const AT = "2026-11-01T00:00:00.000Z";
const WORKERS = "st2-st2actionrunner";

const ROLES = {
  roles: [{ name: "releaser", of: { users: ["wangwu"] }, rights: ["releases.*", "clusters.read"] }],
};

const SET = {
  ...{ id: "base", title: "示例包", strategy: "packs-image", image: IMAGE, clusters: ["hz-core"] },
  repos: [{ name: "packs", url: "https://git.example/packs.git", ref: "main", paths: ["disk", "dmesg"] }],
  base: { builder: "stackstorm/st2:3.9.0", runtime: "busybox:1.36.1" },
  canary: { action: "core.noop" },
  approval: { from: { users: ["lisi"] }, need: 1, timeout: "2h" },
};

/** A finished build of the sample packs, as the store keeps it. */
async function aBuild(): Promise<Build> {
  const tree = await openTree("packs", join(FIXTURES, "packs"));
  const { packs } = packFormat.read(tree, ["disk", "dmesg"]);
  const locked = packs.map(({ ref, version }) => ({ ref, version, path: ref }));
  const repo = {
    name: "packs",
    url: SET.repos[0]?.url ?? "",
    ref: "refs/heads/main",
    commit: "a".repeat(40),
  };
  const lock = {
    ...{ set: "base", strategy: "packs-image", base: SET.base, repos: [{ ...repo, packs: locked }] },
  };
  const id = "b_01JDZZZZZZZZZZZZZZZZZZZZZZ";
  const image: PackImage = {
    ...{ build: id, lock, name: `${IMAGE}:2`, digest: DIGEST, reference: `${IMAGE}@${DIGEST}` },
    ...{ builtAt: AT, bytes: 1 },
  };
  const items = packs.map(({ ref, version, items: held }) => ({
    ...{ ref, version },
    items: held.map(({ kind, ref: of, parameters }) => ({ kind, ref: of, parameters })),
  }));
  return {
    ...{ id, set: "base", lock, by: "user:wangwu", at: AT, stage: "done", since: AT, takes: 1 },
    ...{ image, packs: items },
  };
}

interface Releasing {
  world: World;
  kubernetes: KubernetesSimulator;
}

async function releasing(t: TestContext): Promise<Releasing> {
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: BEFORE, tickEveryMs: 50 },
  });
  t.after(() => kubernetes.close());
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the file names variables of the environment
  const cluster = {
    ...{ name: "hz-core", api: "${HZ_ST2_API}", auth: { apiKey: "${HZ_ST2_KEY}" } },
    ...{ zone: "hz", businesses: ["shop", "pay"], priority: 10 },
    deploy: {
      ...{ kind: "kubernetes", api: kubernetes.url, namespace: "stackstorm", helmRelease: "st2" },
      token: "${HZ_K8S_TOKEN}",
    },
  };
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
  const world = await openWorld(t, {
    files: { "clusters/hz-core.yaml": cluster, "packsets/base.yaml": SET, "roles.yaml": ROLES },
    env: { HZ_K8S_TOKEN: TOKEN },
  });
  const build = await aBuild();
  await world.stored(({ state }) =>
    state.put({ kind: "build", name: build.id, expected: null, body: build }),
  );
  await world.start();
  return { world, kubernetes };
}

/** The release's card that somebody can still click, and that says this. */
function cardFor(world: World, user: string, text: string): Promise<SeenCard> {
  return until(world, `a card of a release for ${user}: ${text}`, () => {
    const open = cardsOf(world, user, "示例包").filter(({ greyed }) => greyed === null);
    const cardId = open.findLast(({ card }) => JSON.stringify(card).includes(text))?.taskId;
    return typeof cardId === "string" ? { user, cardId } : null;
  });
}

async function approved({ world }: Releasing): Promise<void> {
  await talk(world, "wangwu: 发布 申请 base\nwhale: 等待批准");
  await click(world, await cardFor(world, "lisi", "批准"), "approve");
  await logged(world, { msg: "a cluster is drained: nothing new starts there" });
  world.jump(11_000);
}

/** Everything that who asked can read of it, in messages and on cards, says this in the end. */
function told({ world }: Releasing, text: string): Promise<true> {
  return until(world, `wangwu reads ${text}`, () => {
    const cards = cardsOf(world, "wangwu", "示例包").map(({ card }) => JSON.stringify(card));
    return [...messagesOf(world, "wangwu"), ...cards].some((one) => one.includes(text)) || null;
  });
}

const imageOf = ({ kubernetes }: Releasing, name = WORKERS) =>
  kubernetes.deployment(name).spec.template.spec.initContainers?.[0]?.image;

test("a release is asked for in chat, approved by another, rolled out, proved and done", async (t) => {
  const it = await releasing(t);
  await approved(it);
  await logged(it.world, { msg: "a release went on", stage: "done" });
  await told(it, "完成");
  for (const name of [WORKERS, "st2-st2api", "st2-st2client", "st2-st2sensorcontainer"])
    assert.equal(imageOf(it, name), `${IMAGE}@${DIGEST}`, name);
  const canaries = it.world.stackstorm.rows().filter(({ action }) => action === "core.noop");
  assert.ok(canaries.length >= 1, "starts only go there again once a canary has passed");
  await talk(it.world, "wangwu: 集群\nwhale: hz-core** 正常");
});

test("a release whose image cannot be pulled takes the cluster back by itself", async (t) => {
  const it = await releasing(t);
  await it.kubernetes.faults.set({ pullFails: [DIGEST] });
  await approved(it);
  await logged(it.world, { msg: "a release went on", stage: "rolled_back" });
  await told(it, "已回滚");
  assert.equal(imageOf(it), BEFORE);
  await talk(it.world, "wangwu: 集群\nwhale: hz-core** 正常");
});

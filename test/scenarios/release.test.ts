import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  type KubernetesSimulator,
  startKubernetesSimulator,
} from "../../fixtures/simulators/kubernetes/index.ts";
import type { StackStormSimulator } from "../../fixtures/simulators/stackstorm/index.ts";
import { aFinishedBuild } from "../support/pack-builds.ts";
import {
  API_KEY,
  cardsOf,
  click,
  type LoggedLine,
  logged,
  messagesOf,
  openWorld,
  type SeenCard,
  until,
  type World,
} from "../support/world.ts";
import { another, runs } from "./beside.ts";
import { drill, drillType, lookingPolicy, SOON } from "./drill.ts";
import { talk } from "./talk.ts";

const TOKEN = "k8s-t0ken-of-the-scenario";
const IMAGE = "registry.example/sre/packs";
const BEFORE = `${IMAGE}:1`;
const DIGEST = `sha256:${"2".repeat(64)}`;
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

const otherCluster = ({ api }: StackStormSimulator) => {
  return { name: "other", api, auth: { apiKey: API_KEY }, businesses: ["shop"], priority: 1 };
};

/** Rules of two businesses, whose tasks sleep for as long as their event says. */
const loads: Record<string, string | object> = {
  ...{ ...drillType, ...lookingPolicy(["core.sleep"]) },
  ...Object.fromEntries(
    ["pay", "shop"].map((business) => [
      `rules/${business}-load.yaml`,
      {
        ...{ id: `${business}-load`, title: business, on: ["drill"], business, action: "core.sleep" },
        targets: ["{{ detail.host }}"],
        params: { seconds: "{{ detail.seconds }}" },
        features: [{ path: "detail.host", op: "startswith", value: business }],
        approval: { policy: "looking" },
      },
    ]),
  ),
};

const BUILD = {
  id: "b_01JDZZZZZZZZZZZZZZZZZZZZZZ",
  set: { id: "base", image: IMAGE, base: SET.base, url: SET.repos[0]?.url ?? "" },
  ...{ digest: DIGEST, tag: "2" },
};

interface Releasing {
  world: World;
  /** Another cluster, of which nothing is released to. */
  other: StackStormSimulator;
  kubernetes: KubernetesSimulator;
}

async function releasing(t: TestContext): Promise<Releasing> {
  const kubernetes = await startKubernetesSimulator({
    ...{ token: TOKEN, packsImage: BEFORE, tickEveryMs: 50, msPerTick: 30_000 },
  });
  t.after(() => kubernetes.close());
  const other = await another(t);
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
    files: {
      ...{ "clusters/hz-core.yaml": cluster, "packsets/base.yaml": SET, "roles.yaml": ROLES },
      ...{ "clusters/other.yaml": otherCluster(other), ...loads },
    },
    env: { HZ_K8S_TOKEN: TOKEN },
    settings: SOON,
  });
  const build = await aFinishedBuild(BUILD);
  await world.stored(({ state }) =>
    state.put({ kind: "build", name: build.id, expected: null, body: build }),
  );
  await world.start();
  return { world, other, kubernetes };
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

/** What users want meanwhile: `pay` is served by this cluster alone, `shop` by another one too. */
function wanted({ world }: Releasing, host: string, seconds = 0.1): Promise<void> {
  return drill(world, host, { detail: { host, seconds } });
}

async function ended({ world }: Releasing, count: number): Promise<void> {
  const ends = ({ msg, reason }: LoggedLine) => msg === "task moved" && reason === "execution_ended";
  await until(world, `${count} tasks to end`, () => world.lines.filter(ends).length >= count);
}

/** Each task has succeeded in one run that it knows: none is lost, none doubled; which cluster ran what. */
async function unharmed({ world, other }: Releasing): Promise<{ here: string[]; there: string[] }> {
  const tasks = await world.stored((store) => store.tasks.list({ limit: 100 }));
  const own = new Set(tasks.map(({ id }) => `${id}-1`));
  const [here, there] = [world.stackstorm, other].map((one) => runs(one).filter((id) => own.has(id)));
  assert.deepEqual([...(here ?? []), ...(there ?? [])].toSorted(), [...own].toSorted());
  assert.deepEqual(new Set(tasks.map(({ state }) => state)), new Set(["succeeded"]));
  const hosts = (ids: readonly string[] = []) =>
    tasks.flatMap(({ id, targets }) => (ids.includes(`${id}-1`) ? targets : [])).toSorted();
  return { here: hosts(here), there: hosts(there) };
}

/** After how many lines of the log the last of some runs was known to have ended. */
function endOf({ world }: Releasing, requests: readonly string[]): number {
  const ends = requests.map((request) => {
    const taskId = request.replace(/-\d+$/, "");
    return world.lines.findIndex((line) => line["taskId"] === taskId && line["reason"] === "execution_ended");
  });
  assert.ok(!ends.includes(-1), "each of them has ended");
  return Math.max(...ends);
}

/** After how many lines the release began to change the cluster. */
function whenChanging({ world }: Releasing): number {
  return world.lines.findIndex(({ msg, step }) => msg === "a release went on" && step === "workers");
}

const FAILURES: readonly [what: string, fault: Parameters<KubernetesSimulator["faults"]["set"]>[0]][] = [
  ["image cannot be pulled", { pullFails: [DIGEST] }],
  // The image is not to blame: what was there before finds a place again.
  ["roll-out is stuck", { unschedulable: true }],
];

// Most of their time is waiting.
describe("a release with users' tasks around it", { concurrency: true }, () => {
  test("a release is rolled out under load: what runs ends first, and what comes waits or goes elsewhere", async (t) => {
    const it = await releasing(t);
    await Promise.all([wanted(it, "pay-before", 2), wanted(it, "shop-before", 2)]);
    const before = await until(it.world, "both to run", () => {
      const started = runs(it.world.stackstorm);
      return started.length === 2 && started;
    });
    await approved(it);
    await Promise.all([wanted(it, "pay-meanwhile"), wanted(it, "shop-meanwhile")]);
    await until(it.world, "one to go elsewhere", () => runs(it.other).length === 1);
    assert.equal(runs(it.world.stackstorm).length, 2, "nothing new starts before it is done");
    await ended(it, 3);
    await logged(it.world, { msg: "a release went on", stage: "done" });
    assert.ok(
      endOf(it, before) < whenChanging(it),
      "nothing is changed before the last run has ended and is known",
    );
    await told(it, "完成");
    for (const name of [WORKERS, "st2-st2api", "st2-st2client", "st2-st2sensorcontainer"])
      assert.equal(imageOf(it, name), `${IMAGE}@${DIGEST}`, name);
    const canaries = it.world.stackstorm.rows().filter(({ action }) => action === "core.noop");
    assert.ok(canaries.length >= 1, "starts only go there again once a canary has passed");
    await talk(it.world, "wangwu: 集群\nwhale: hz-core** 正常");
    await wanted(it, "pay-after");
    await ended(it, 5);
    const { here, there } = await unharmed(it);
    assert.deepEqual(here, ["pay-after", "pay-before", "pay-meanwhile", "shop-before"]);
    assert.deepEqual(there, ["shop-meanwhile"]);
  });

  for (const [what, fault] of FAILURES) {
    test(`a release whose ${what} takes the cluster back by itself, and no task is harmed`, async (t) => {
      const it = await releasing(t);
      await wanted(it, "pay-before", 1);
      await until(it.world, "it to run", () => runs(it.world.stackstorm).length === 1);
      await it.kubernetes.faults.set(fault);
      await approved(it);
      await Promise.all([wanted(it, "pay-meanwhile"), wanted(it, "shop-meanwhile")]);
      await logged(it.world, { msg: "a release went on", stage: "back" });
      assert.equal(runs(it.world.stackstorm).length, 1, "nothing new starts before it is back");
      await it.kubernetes.faults.set({ unschedulable: false });
      await logged(it.world, { msg: "a release went on", stage: "rolled_back" });
      await told(it, "已回滚");
      assert.equal(imageOf(it), BEFORE);
      await talk(it.world, "wangwu: 集群\nwhale: hz-core** 正常");
      await ended(it, 3);
      const { here, there } = await unharmed(it);
      assert.deepEqual([here, there], [["pay-before", "pay-meanwhile"], ["shop-meanwhile"]]);
    });
  }
});

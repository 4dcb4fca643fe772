import assert from "node:assert/strict";
import { test } from "node:test";
import { rolloutsOver } from "../../bot/wire-releases.ts";
import type { Cluster } from "../../core/clusters/index.ts";
import { anEngine } from "../adapters/hosts/engine.ts";
import { aDeploy, IMAGES, simulated } from "../adapters/kubernetes/simulated.ts";
import { countedMetrics } from "../adapters/stackstorm/support.ts";
import { movableClock } from "../support/clock.ts";
import { silentLog } from "../support/log.ts";

const cluster = (name: string, deploy?: Cluster["deploy"]): Cluster => ({
  ...{
    name,
    api: "http://127.0.0.1:1/api",
    auth: { kind: "apiKey", apiKey: "k" },
    businesses: [],
    priority: 0,
  },
  ...(deploy ? { deploy } : {}),
});

test("goes to each cluster where its deploy says, and nowhere without one", async (t) => {
  const { simulator, close } = await simulated();
  t.after(close);
  const hosts = { workers: ["w1"], api: [], client: [], sensors: [] };
  const onHosts = { action: "release.apply", stateAction: "release.state", atOnce: 1, timeoutMs: 1_000 };
  const rollouts = rolloutsOver({
    clusters: () => [
      cluster("plain"),
      cluster("k8s", aDeploy(simulator.url)),
      cluster("vms", { kind: "hosts", hosts, ...onHosts }),
    ],
    executor: anEngine(["w1"], "packs:1", "broken"),
    ...{ clock: movableClock(), log: silentLog, metrics: countedMetrics(), ids: { ulid: () => "U1" } },
  });
  t.after(rollouts.close);
  const [first] = await rollouts.read("k8s", "packs-image");
  assert.equal(first?.image, IMAGES.first);
  assert.deepEqual(await rollouts.read("vms", "worker-image"), [
    { role: "workers", workload: "w1", image: "packs:1", release: null, replicas: 1 },
  ]);
  await assert.rejects(rollouts.read("plain", "packs-image"), { code: "rollouts.no_deploy" });
  const order = {
    cluster: "plain",
    role: "workers",
    strategy: "packs-image",
    image: "x",
    release: "r",
  } as const;
  assert.equal((await rollouts.set(order)).outcome, "refused");
  assert.equal((await rollouts.state(order)).outcome, "open");
});

test("takes a deploy that is changed, added or gone at the next call", async (t) => {
  const [one, other] = [await simulated(), await simulated()];
  t.after(async () => void (await Promise.all([one.close(), other.close()])));
  let clusters: Cluster[] = [cluster("k8s")];
  const rollouts = rolloutsOver({
    ...{ clusters: () => clusters, executor: anEngine([], "", "") },
    ...{ clock: movableClock(), log: silentLog, metrics: countedMetrics(), ids: { ulid: () => "U1" } },
  });
  t.after(rollouts.close);
  const asked = () => [one, other].map(({ simulator }) => simulator.requests().length > 0);
  await assert.rejects(rollouts.read("k8s", "packs-image"), { code: "rollouts.no_deploy" });
  clusters = [cluster("k8s", aDeploy(one.simulator.url))];
  await rollouts.read("k8s", "packs-image");
  assert.deepEqual(asked(), [true, false]);
  clusters = [cluster("k8s", aDeploy(other.simulator.url))];
  await rollouts.read("k8s", "packs-image");
  assert.deepEqual(asked(), [true, true]);
  clusters = [cluster("k8s")];
  await assert.rejects(rollouts.read("k8s", "packs-image"), { code: "rollouts.no_deploy" });
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import type { SetOutcome } from "../../../core/ports/index.ts";
import type { Faults } from "../../../fixtures/simulators/kubernetes/index.ts";
import { selfSigned } from "../../support/self-signed.ts";
import { IMAGES, type Setup, type Simulated, simulated, TOKEN } from "./simulated.ts";

const WORKERS = "st2-st2actionrunner";
const ORDER = {
  cluster: "hz",
  strategy: "packs-image" as const,
  role: "workers" as const,
  image: IMAGES.next,
  release: "r_1",
};

async function open(t: TestContext, setup: Setup = {}): Promise<Simulated> {
  const sim = await simulated(setup);
  t.after(sim.close);
  return sim;
}

const imageOf = ({ simulator }: Simulated, name = WORKERS) =>
  simulator.deployment(name).spec.template.spec.initContainers?.[0]?.image;

/** A fault, what an order comes out as, a part of what it says, and whether the order is done in spite of it. */
const SETS: readonly [Partial<Faults>, SetOutcome["outcome"], RegExp, boolean?][] = [
  [{ conflicts: 1 }, "set", /packs:1/, true],
  [{ conflicts: 99 }, "conflict", /the object has been modified/],
  [
    { forbidden: ["patch deployments"] },
    "refused",
    /lacks the right to patch deployments\.apps in the namespace stackstorm/,
  ],
  [{ forbidden: ["get deployments"] }, "refused", /lacks the right to get deployments\.apps/],
  [{ denied: "images must be signed" }, "refused", /^admission webhook .*images must be signed$/],
  [{ unauthorised: true }, "open", /token is not accepted/],
  [{ unavailable: 1 }, "open", /apiserver is shutting down/],
  [{ tooMany: 1 }, "open", /Too many requests/],
  [{ html502: 1 }, "open", /no API server, or not now \(HTTP 502\)/],
  [{ dropAnswers: 1 }, "open", /connection broke/, true],
  [{ slowMs: 400 }, "open", /no complete answer in time/],
  [{ redirectTo: "http://127.0.0.1:1" }, "refused", /sends elsewhere \(HTTP 307\)/],
  [{ down: true }, "open", /cannot connect|connection broke/],
];

for (const [fault, outcome, says, isDone = false] of SETS) {
  test(`an order is ${outcome} with ${JSON.stringify(fault)}`, async (t) => {
    const sim = await open(t, { requestTimeoutMs: fault.slowMs ? 200 : 5_000 });
    // Loading the client takes longer than the shortest of these waits.
    await sim.rollouts.read("hz", "packs-image");
    await sim.simulator.faults.set(fault);
    const told = await sim.rollouts.set(ORDER);
    assert.equal(told.outcome, outcome, JSON.stringify(told));
    assert.match(told.outcome === "set" ? told.before : told.message, says);
    assert.equal(imageOf(sim), isDone ? IMAGES.next : IMAGES.first);
    await sim.simulator.faults.reset();
    assert.equal((await sim.rollouts.set(ORDER)).outcome, "set");
    assert.equal(imageOf(sim), IMAGES.next);
  });
}

/** A fault, what a look comes out as once time has passed, and a part of what it says. */
const STATES: readonly [Partial<Faults>, "rolling" | "failed" | "open", RegExp][] = [
  [{ pullFails: ["sha256:22"] }, "rolling", /init container st2-custom-pack-\w+ .*cannot pull its image/],
  [
    { initFails: ["sha256:22"] },
    "rolling",
    /init container st2-custom-pack-\w+ .*ends as soon as it is started/,
  ],
  [{ crashes: ["st2actionrunner"] }, "rolling", /container st2actionrunner .*\(CrashLoopBackOff\)/],
  [{ unschedulable: true }, "rolling", /finds no place to run: 0\/3 nodes are available/],
  [{ pullFails: ["sha256:22"], forbidden: ["list pods"] }, "rolling", /lacks the right to list pods/],
  [{ forbidden: ["get deployments"] }, "open", /lacks the right to get/],
  [{ unavailable: 1 }, "open", /shutting down/],
  [{ down: true }, "open", /cannot connect|connection broke/],
];

for (const [fault, outcome, says] of STATES) {
  test(`a look is ${outcome} with ${JSON.stringify(fault)}`, async (t) => {
    const sim = await open(t);
    await sim.rollouts.set(ORDER);
    await sim.simulator.faults.set(fault);
    sim.simulator.tick(4);
    const state = await sim.rollouts.state({ cluster: "hz", role: "workers" });
    assert.equal(state.outcome, outcome, JSON.stringify(state));
    assert.match(
      state.outcome === "rolling" ? state.problems.join("\n") : "message" in state ? state.message : "",
      says,
    );
  });
}

test("gives up when the server does, and says why its pods do not come up", async (t) => {
  const sim = await open(t);
  await sim.rollouts.set(ORDER);
  await sim.simulator.faults.set({ pullFails: ["sha256:22"] });
  sim.simulator.tick(15);
  const state = await sim.rollouts.state({ cluster: "hz", role: "workers" });
  assert.ok(
    state.outcome === "failed" && /has timed out progressing/.test(state.message),
    JSON.stringify(state),
  );
  assert.match(state.problems.join(), /2 pods, .* first: .*ImagePullBackOff: Back-off pulling image/);
  // Old workers go on as far as the strategy of the deployment lets them.
  const runs = sim.simulator.running(WORKERS).map(({ spec }) => spec.initContainers?.[0]?.image);
  assert.equal(runs.filter((image) => image === IMAGES.first).length, 3);
});

test("does not take what it knows of an earlier order for the last one", async (t) => {
  const sim = await open(t);
  await sim.rollouts.set(ORDER);
  const state = await sim.rollouts.state({ cluster: "hz", role: "workers" });
  assert.deepEqual(state, { outcome: "rolling", ready: 0, wanted: 4, problems: [] });
});

test("is not done while workers end as soon as they are started", async (t) => {
  const sim = await open(t);
  await sim.rollouts.set(ORDER);
  sim.simulator.tick(20);
  await sim.simulator.faults.set({ crashes: ["st2actionrunner"] });
  sim.simulator.tick(1);
  assert.equal((await sim.rollouts.state({ cluster: "hz", role: "workers" })).outcome, "rolling");
});

test("refuses a place that is not there, where a patch would make one", async (t) => {
  const sim = await open(t, { deploy: { initContainer: "st2-custom-pack-nope" } });
  const told = await sim.rollouts.set(ORDER);
  assert.ok(told.outcome === "refused" && /no init container st2-custom-pack-nope/.test(told.message));
  assert.equal(sim.simulator.deployment(WORKERS).spec.template.spec.initContainers?.length, 2);
  await assert.rejects(sim.rollouts.read("hz", "packs-image"), {
    code: "kubernetes.refused",
    retryable: false,
  });
});

test("chooses among several init containers by the image's name, and asks for a name when it cannot", async (t) => {
  const sim = await open(t);
  sim.simulator.edit(WORKERS, ({ template }) => {
    const other = { name: "st2-custom-pack-0000", image: "registry.example/others/packs:7" };
    template.spec.initContainers = [other, ...(template.spec.initContainers ?? [])];
  });
  await assert.rejects(sim.rollouts.read("hz", "packs-image"), /name one as deploy\.initContainer/);
  assert.deepEqual(await sim.rollouts.set(ORDER), { outcome: "set", before: IMAGES.first });
  const images = sim.simulator
    .deployment(WORKERS)
    .spec.template.spec.initContainers?.map(({ image }) => image);
  assert.deepEqual(images?.slice(0, 2), ["registry.example/others/packs:7", IMAGES.next]);
});

test("refuses a workers' image where a volume would hide its packs", async (t) => {
  const sim = await open(t);
  const told = await sim.rollouts.set({ ...ORDER, strategy: "worker-image" });
  assert.ok(told.outcome === "refused" && /mounts a volume at \/opt\/stackstorm\/packs/.test(told.message));
});

test("refuses a deployment that is paused, and says that one rolls out only when resumed", async (t) => {
  const sim = await open(t);
  sim.simulator.edit(WORKERS, (spec) => {
    spec.paused = true;
  });
  const told = await sim.rollouts.set(ORDER);
  assert.ok(told.outcome === "refused" && /is paused/.test(told.message));
  sim.simulator.edit(WORKERS, (spec) => {
    spec.paused = false;
  });
  await sim.rollouts.set(ORDER);
  sim.simulator.edit(WORKERS, (spec) => {
    spec.paused = true;
  });
  sim.simulator.tick(3);
  const state = await sim.rollouts.state({ cluster: "hz", role: "workers" });
  assert.ok(state.outcome === "rolling" && /is paused/.test(state.problems.join()), JSON.stringify(state));
});

test("changes nothing but the image and the mark, under its own name", async (t) => {
  const sim = await open(t);
  const before = sim.simulator.deployment(WORKERS);
  await sim.rollouts.set(ORDER);
  const { spec, metadata } = sim.simulator.deployment(WORKERS);
  const [first] = before.spec.template.spec.initContainers ?? [];
  if (first) first.image = IMAGES.next;
  before.spec.template.metadata.annotations = { "whale.internal/release": "r_1" };
  assert.deepEqual(spec, before.spec);
  assert.deepEqual(
    metadata.managedFields.map(({ manager }) => manager),
    ["helm", "whale"],
  );
});

test("sees what somebody else has set, and that it is no release's", async (t) => {
  const sim = await open(t);
  await sim.rollouts.set(ORDER);
  sim.simulator.edit(WORKERS, ({ template }) => {
    const [first] = template.spec.initContainers ?? [];
    if (first) first.image = IMAGES.first;
  });
  const [workers] = await sim.rollouts.read("hz", "packs-image");
  assert.deepEqual([workers?.image, workers?.release], [IMAGES.first, "r_1"]);
});

test("tells every part that has packs, and leaves out those that are not there", async (t) => {
  const nowhere = [{ name: "st2-nowhere", container: "x", named: false }];
  const sim = await open(t);
  const all = await sim.rollouts.read("hz", "packs-image");
  assert.deepEqual(
    all.map(({ role, workload, replicas }) => `${role} ${workload} ${replicas}`),
    [
      "workers st2-st2actionrunner 4",
      "api st2-st2api 2",
      "client st2-st2client 1",
      "sensors st2-st2sensorcontainer 1",
    ],
  );
  const byChart = (name: string) => [{ name, container: "x", named: false }];
  const workloads = { workers: byChart(WORKERS), api: nowhere, client: [], sensors: nowhere };
  const less = await open(t, { deploy: { workloads } });
  assert.deepEqual(
    (await less.rollouts.read("hz", "packs-image")).map(({ role }) => role),
    ["workers"],
  );
  assert.deepEqual(await less.rollouts.state({ cluster: "hz", role: "sensors" }), {
    outcome: "done",
    replicas: 0,
  });
});

test("cannot be read where a workload that the configuration names is missing", async (t) => {
  const named = (name: string) => [{ name, container: "st2api", named: true }];
  const workloads = { workers: named(WORKERS), api: named("st2-api"), client: [], sensors: [] };
  const sim = await open(t, { deploy: { workloads } });
  await assert.rejects(sim.rollouts.read("hz", "packs-image"), /deployments\.apps "st2-api" not found/);
  assert.equal((await sim.rollouts.state({ cluster: "hz", role: "api" })).outcome, "failed");
});

test("takes several workloads of one part as one", async (t) => {
  const byName = (name: string) => ({ name, container: "x", named: true });
  const sensors = [byName("st2-st2sensorcontainer"), byName("st2-st2client")];
  const sim = await open(t, {
    deploy: { workloads: { workers: [byName(WORKERS)], api: [], client: [], sensors } },
  });
  const order = { ...ORDER, role: "sensors" as const };
  assert.equal((await sim.rollouts.set(order)).outcome, "set");
  assert.deepEqual(
    [imageOf(sim, "st2-st2sensorcontainer"), imageOf(sim, "st2-st2client")],
    [IMAGES.next, IMAGES.next],
  );
  sim.simulator.tick(10);
  assert.deepEqual(await sim.rollouts.state({ cluster: "hz", role: "sensors" }), {
    outcome: "done",
    replicas: 2,
  });
});

const dir = mkdtempSync(join(tmpdir(), "whale-k8s-"));
after(() => rmSync(dir, { recursive: true, force: true }));

test("reads a token in a file anew for each call", async (t) => {
  const file = join(dir, "token");
  writeFileSync(file, `${TOKEN}\n`);
  const sim = await open(t, { deploy: { token: { file } } });
  await sim.rollouts.read("hz", "packs-image");
  sim.simulator.setToken("the-next-one");
  assert.equal((await sim.rollouts.set(ORDER)).outcome, "open");
  writeFileSync(file, "the-next-one");
  assert.equal((await sim.rollouts.set(ORDER)).outcome, "set");
  rmSync(file);
  const told = await sim.rollouts.set(ORDER);
  assert.ok(told.outcome === "open" && /deploy\.tokenFile: .*cannot be read \(ENOENT\)/.test(told.message));
});

test("trusts the authority that is named, and no other", async (t) => {
  const tls = selfSigned();
  const caFile = join(dir, "ca.pem");
  writeFileSync(caFile, tls.cert);
  const sim = await open(t, { simulator: { tls }, deploy: { caFile } });
  assert.equal((await sim.rollouts.read("hz", "packs-image")).length, 4);
  const other = await open(t, { simulator: { tls } });
  const told = await other.rollouts.set(ORDER);
  assert.ok(told.outcome === "open" && /no secure connection/.test(told.message), JSON.stringify(told));
});

test("patches only what it has read, and tries without keeping anything first when asked", async (t) => {
  const sim = await open(t);
  const seen = () => sim.simulator.requests().filter((line) => line.startsWith("PATCH"));
  const { resourceVersion } = sim.simulator.deployment(WORKERS).metadata;
  await sim.rollouts.set({ ...ORDER, dryRun: true });
  assert.match(seen()[0] ?? "", /\?dryRun=All&fieldManager=whale$/);
  assert.equal(sim.simulator.lastPatch()?.metadata?.resourceVersion, resourceVersion);
  await sim.rollouts.set(ORDER);
  assert.match(seen()[1] ?? "", /\?fieldManager=whale$/);
});

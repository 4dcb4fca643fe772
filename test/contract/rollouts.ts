import assert from "node:assert/strict";
import { describe } from "node:test";
import type { RolloutState, Rollouts } from "../../core/ports/index.ts";
import { ROLES, type Role, type Strategy } from "../../core/releases/index.ts";
import { testsOn } from "./harness.ts";

/** A cluster with workers that all run `first`, none of them set by a release. */
export interface RolloutsHarness {
  rollouts: Rollouts;
  cluster: string;
  strategy: Strategy;
  /** One that runs, another one that runs, one that never comes up. */
  images: { first: string; next: string; broken: string };
  /** Lets the cluster have time. */
  pass(): Promise<void>;
  /** What the workers really run, one of each. */
  running(): readonly string[];
  /** How often the target was told to change something. */
  changes(): number;
  setDown(isDown: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What every target of releases promises. */
export function rolloutsContract(name: string, open: () => Promise<RolloutsHarness>): void {
  describe(`rollouts: ${name}`, () => {
    reading(open);
    setting(open);
    rolling(open);
    failing(open);
  });
}

function orderIn({ cluster, strategy, images }: RolloutsHarness, overrides: Record<string, unknown> = {}) {
  const role: Role = "workers";
  return { cluster, strategy, role, image: images.next, release: "r_1", ...overrides };
}

/** Asks how far it is, and lets time pass, until it is one of these. */
async function until(
  harness: RolloutsHarness,
  ends: readonly RolloutState["outcome"][],
  order: { image: string; release: string },
): Promise<RolloutState[]> {
  const { rollouts, cluster } = harness;
  const seen: RolloutState[] = [];
  for (let n = 0; n < 400; n++) {
    const state = await rollouts.state({ cluster, role: "workers", ...order });
    seen.push(state);
    if (ends.includes(state.outcome)) return seen;
    await harness.pass();
  }
  return assert.fail(`it never was ${ends.join(" or ")}: ${JSON.stringify(seen.at(-1))}`);
}

function reading(open: () => Promise<RolloutsHarness>): void {
  const test = testsOn(open);

  test("tells what runs, the workers first, and that no release has set it", async (harness) => {
    const parts = await harness.rollouts.read(harness.cluster, harness.strategy);
    const roles = parts.map(({ role }) => ROLES.indexOf(role));
    assert.deepEqual(
      roles,
      [...roles].sort((a, b) => a - b),
    );
    assert.equal(parts[0]?.role, "workers");
    for (const part of parts.filter(({ role }) => role === "workers")) {
      assert.equal(part.image, harness.images.first);
      assert.equal(part.release, null);
      assert.notEqual(part.workload, "");
    }
  });

  test("cannot be read for a cluster that it does not know", async ({ rollouts, strategy }) => {
    await assert.rejects(rollouts.read("nowhere", strategy), { name: "ChatOpsError" });
  });

  test("is done where nothing was ordered for long", async (harness) => {
    const order = orderIn(harness);
    await harness.rollouts.set(order);
    await until(harness, ["done"], order);
    assert.equal((await until(harness, ["done"], order)).length, 1);
  });
}

function setting(open: () => Promise<RolloutsHarness>): void {
  const test = testsOn(open);

  test("tells what stood there, and what stands there after it with its release", async (harness) => {
    const { rollouts, cluster, strategy, images } = harness;
    const order = orderIn(harness);
    assert.deepEqual(await rollouts.set(order), { outcome: "set", before: images.first });
    await until(harness, ["done"], order);
    const parts = await rollouts.read(cluster, strategy);
    for (const part of parts.filter(({ role }) => role === "workers")) {
      assert.deepEqual([part.image, part.release], [images.next, "r_1"]);
    }
  });

  test("leaves the other parts alone", async (harness) => {
    const { rollouts, cluster, strategy } = harness;
    const others = async () =>
      (await rollouts.read(cluster, strategy)).filter(({ role }) => role !== "workers");
    const before = await others();
    await rollouts.set(orderIn(harness));
    await until(harness, ["done"], orderIn(harness));
    assert.deepEqual(await others(), before);
  });

  test("changes nothing when it is only asked whether it would", async (harness) => {
    const { rollouts, cluster, strategy, images } = harness;
    const before = await rollouts.read(cluster, strategy);
    const outcome = await rollouts.set(orderIn(harness, { dryRun: true }));
    assert.deepEqual(outcome, { outcome: "set", before: images.first });
    await harness.pass();
    assert.deepEqual(await rollouts.read(cluster, strategy), before);
  });

  test("may be asked again: what is so already is not changed once more", async (harness) => {
    const order = orderIn(harness);
    await harness.rollouts.set(order);
    await until(harness, ["done"], order);
    const changes = harness.changes();
    assert.equal((await harness.rollouts.set(order)).outcome, "set");
    await until(harness, ["done"], order);
    assert.equal(harness.changes(), changes);
  });

  test("may be asked twice at the same time", async (harness) => {
    const order = orderIn(harness);
    const both = await Promise.all([harness.rollouts.set(order), harness.rollouts.set(order)]);
    assert.ok(both.some(({ outcome }) => outcome === "set"));
    assert.ok(both.every(({ outcome }) => outcome === "set" || outcome === "conflict"));
    await until(harness, ["done"], order);
    assert.ok(harness.running().every((image) => image === harness.images.next));
  });

  test("refuses an order for a cluster that it does not know", async (harness) => {
    const outcome = await harness.rollouts.set(orderIn(harness, { cluster: "nowhere" }));
    assert.equal(outcome.outcome, "refused");
    assert.equal((await harness.rollouts.state({ cluster: "nowhere", role: "workers" })).outcome, "open");
  });
}

function rolling(open: () => Promise<RolloutsHarness>): void {
  const test = testsOn(open);

  test("is done when every worker runs the image, and not before", async (harness) => {
    const order = orderIn(harness);
    await harness.rollouts.set(order);
    const seen = await until(harness, ["done"], order);
    assert.ok(seen.length > 1, "it was done at once");
    for (const state of seen.slice(0, -1)) {
      assert.ok(state.outcome === "rolling" && state.ready < state.wanted, JSON.stringify(state));
      assert.deepEqual(state.problems, []);
    }
    assert.ok(harness.running().every((image) => image === harness.images.next));
  });

  test("goes back half-way", async (harness) => {
    const { rollouts, images } = harness;
    const order = orderIn(harness);
    await rollouts.set(order);
    await harness.pass();
    await rollouts.state(order);
    const back = orderIn(harness, { image: images.first, release: "r_2" });
    assert.equal((await rollouts.set(back)).outcome, "set");
    await until(harness, ["done"], back);
    assert.ok(harness.running().every((image) => image === images.first));
  });
}

function failing(open: () => Promise<RolloutsHarness>): void {
  const test = testsOn(open);

  test("gives up on an image that does not come up, with a reason, and goes back", async (harness) => {
    const { rollouts, images } = harness;
    const order = orderIn(harness, { image: images.broken });
    await rollouts.set(order);
    const state = (await until(harness, ["done", "failed"], order)).at(-1);
    assert.equal(state?.outcome, "failed");
    assert.ok(state?.outcome === "failed" && state.message !== "");
    const back = orderIn(harness, { image: images.first, release: "r_2" });
    assert.equal((await rollouts.set(back)).outcome, "set");
    await until(harness, ["done"], back);
    assert.ok(harness.running().every((image) => image === images.first));
  });

  test("leaves it open while nothing can be reached, and is right again after it", async (harness) => {
    const { rollouts, cluster, strategy } = harness;
    const order = orderIn(harness);
    await harness.setDown(true);
    assert.equal((await rollouts.set(order)).outcome, "open");
    assert.equal((await rollouts.state(order)).outcome, "open");
    await assert.rejects(rollouts.read(cluster, strategy), { name: "ChatOpsError", retryable: true });
    await harness.setDown(false);
    assert.equal((await rollouts.set(order)).outcome, "set");
    await until(harness, ["done"], order);
  });
}

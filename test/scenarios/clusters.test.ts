import assert from "node:assert/strict";
import { test } from "node:test";
import { API_KEY, openWorld, until, type World } from "../support/world.ts";
import { another, runs } from "./beside.ts";
import { drill, drillRule, drillType, lookingPolicy, SOON } from "./drill.ts";

function clusterFile(name: string, api: string, fields: Record<string, unknown>): Record<string, object> {
  return { [`clusters/${name}.yaml`]: { name, api, auth: { apiKey: API_KEY }, ...fields } };
}

const ruleOf = (id: string, business: string) => ({
  [`rules/${id}.yaml`]: {
    ...{ id, title: id, on: ["drill"], business, action: "core.noop", targets: ["{{ detail.host }}"] },
    features: [{ path: "detail.host", op: "startswith", value: business }],
    approval: { policy: "looking" },
  },
});

async function settled(world: World, count: number): Promise<void> {
  await until(world, `${count} tasks to end`, () => {
    const ends = world.lines.filter(
      (line) => line["msg"] === "task moved" && line["reason"] === "execution_ended",
    );
    return ends.length >= count;
  });
}

test("three clusters under load, one cut off and one small: each task runs once, where its business may", async (t) => {
  const [near, small] = await Promise.all([another(t), another(t)]);
  const world = await openWorld(t, {
    settings: SOON,
    files: {
      ...drillType,
      ...lookingPolicy(),
      ...clusterFile("near", near.api, { zone: "sh", businesses: ["ops"], priority: 9 }),
      ...clusterFile("small", small.api, { zone: "sh", businesses: ["ops"], capacity: 2 }),
      "routing.yaml": {
        routes: [
          { name: "pay-stays", when: { businesses: ["pay"] }, to: [{ zone: "hz" }] },
          { name: "ops-near", when: { businesses: ["ops"] }, to: ["near"], isolation: "soft" },
        ],
      },
      ...ruleOf("pay-drill", "pay"),
      ...ruleOf("ops-drill", "ops"),
    },
  });
  // The zone of its first choice is cut off before anything starts, and comes back later.
  await near.faults.set({ down: "refuse" });
  const each = 8;
  for (let n = 0; n < each; n++) {
    await drill(world, `p${n}`, { detail: { host: `pay-${n}` } });
    await drill(world, `o${n}`, { detail: { host: `ops-${n}` } });
  }
  await settled(world, each + 2);
  await near.faults.set({ down: "no" });
  await settled(world, each * 2);

  const [home, close, little] = [world.stackstorm, near, small].map(runs);
  const tasks = await world.stored((store) => store.tasks.list({ limit: 100 }));
  assert.equal(new Set([...(home ?? []), ...(close ?? []), ...(little ?? [])]).size, each * 2);
  assert.equal((home ?? []).length + (close ?? []).length + (little ?? []).length, each * 2);
  const payIds = tasks.filter(({ business }) => business === "pay").map(({ id }) => `${id}-1`);
  assert.deepEqual([...(home ?? [])].sort(), payIds.sort());
  assert.ok((little ?? []).length >= 2, "the reserve served while the first choice was cut off");
  assert.ok(tasks.every(({ state, choice }) => state === "succeeded" && choice?.outcome === "chosen"));
});

test("a start whose answer was lost is never tried elsewhere, though another cluster is free", async (t) => {
  const other = await another(t);
  const files = {
    ...drillRule({ approval: { policy: "looking" } }),
    ...lookingPolicy(),
    ...clusterFile("other", other.api, { businesses: ["shop"] }),
  };
  const world = await openWorld(t, { files, settings: { ...SOON, startWindowMs: 1_500 } });
  await world.stackstorm.faults.set({ dropAnswerAfterStoring: 1 });
  await drill(world, "1");
  await settled(world, 1);
  assert.deepEqual([runs(world.stackstorm).length, runs(other).length], [1, 0]);
});

test("a task goes to no cluster without the pack version that its rule and route need, and is told when none has it", async (t) => {
  const other = await another(t);
  const policy = { approval: { policy: "looking" } };
  const files = {
    ...drillRule({ ...policy, id: "met", packs: { core: ">=1.0 <2" } }),
    ...drillRule({ ...policy, id: "unmet", packs: { core: "^1", disk: ">=9" } }),
    ...lookingPolicy(),
    ...clusterFile("other", other.api, { businesses: ["shop"], priority: 9 }),
  };
  const world = await openWorld(t, { files, settings: SOON });
  await drill(world, "1");
  await settled(world, 1);
  const tasks = await world.stored((store) => store.tasks.list({ limit: 10 }));
  const of = (rule: string) => tasks.find(({ ruleId }) => ruleId === rule);
  assert.equal(of("met")?.state, "succeeded");
  assert.deepEqual([of("unmet")?.state, of("unmet")?.reason], ["refused", "pack_on_no_cluster"]);
  assert.equal(of("unmet")?.message, "core.noop @ hz-core: disk 1.0.0 (>=9); other: disk 1.0.0 (>=9)");
});

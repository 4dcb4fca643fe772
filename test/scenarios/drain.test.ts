import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenHash } from "../../core/people/index.ts";
import type { StackStormSimulator } from "../../fixtures/simulators/stackstorm/index.ts";
import { API_KEY, openWorld, until, type World } from "../support/world.ts";
import { another, runs } from "./beside.ts";
import { drill, drillType, lookingPolicy, SOON } from "./drill.ts";

const TOKEN = "token-of-the-operator-0001";

function filesFor(near: StackStormSimulator, other: StackStormSimulator) {
  const cluster = (name: string, { api }: StackStormSimulator, priority: number) => ({
    [`clusters/${name}.yaml`]: { name, api, auth: { apiKey: API_KEY }, businesses: ["ops"], priority },
  });
  const rule = (business: string) => ({
    [`rules/${business}.yaml`]: {
      ...{ id: business, title: business, on: ["drill"], business, action: "core.sleep" },
      params: { seconds: "{{ detail.seconds }}" },
      features: [{ path: "detail.host", op: "startswith", value: business }],
      approval: { policy: "looking" },
    },
  });
  const rights = ["clusters.read", "clusters.write"];
  const token = { id: "operator", hash: tokenHash(TOKEN), user: "wangwu", rights, expires: "2099-01-01" };
  return {
    ...{ ...drillType, ...lookingPolicy(["core.sleep"]), ...rule("ops"), ...rule("pay") },
    ...{ ...cluster("near", near, 9), ...cluster("other", other, 1) },
    "roles.yaml": { roles: [{ name: "operators", of: { users: ["wangwu"] }, rights }] },
    "tokens.yaml": { tokens: [token] },
  };
}

async function ended(world: World, count: number): Promise<void> {
  await until({ ...world, patienceMs: 60_000 }, `${count} tasks to end`, () => {
    return (
      world.lines.filter(({ msg, reason }) => msg === "task moved" && reason === "execution_ended").length >=
      count
    );
  });
}

async function order(world: World, what: string, body: object): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const url = `${world.url()}/api/v1/clusters/near/${what}`;
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).status;
}

test("a cluster drained under load, canceled at its deadline and taken back: no task is lost, doubled or misplaced", async (t) => {
  const [near, other] = await Promise.all([another(t), another(t)]);
  const world = await openWorld(t, { settings: SOON, files: filesFor(near, other) });
  const wanted = (host: string, seconds: number) => drill(world, host, { detail: { host, seconds } });
  await Promise.all([wanted("ops-long-1", 3_000), wanted("ops-long-2", 3_000), wanted("ops-1", 0.1)]);
  await ended(world, 1);
  await until(world, "the long ones to run", () => runs(near).length === 3);

  assert.equal(await order(world, "drain", { for: "1m", atDeadline: "cancel", why: "升级" }), 201);
  for (let n = 2; n <= 6; n++) await Promise.all([wanted(`ops-${n}`, 0.1), wanted(`pay-${n}`, 0.1)]);
  await ended(world, 11);
  assert.deepEqual([runs(near).length, runs(other).length], [3, 5]);
  world.jump(70_000);
  await ended(world, 13);
  assert.equal(await order(world, "undrain", { skip: "试过了" }), 200);
  await Promise.all([wanted("ops-7", 0.1), wanted("pay-7", 0.1)]);
  await ended(world, 15);

  const started = [world.stackstorm, near, other].map(runs);
  assert.deepEqual(
    started.map(({ length }) => length),
    [6, 4, 5],
  );
  const tasks = await world.stored((store) => store.tasks.list({ limit: 100 }));
  const idsOf = (business: string) =>
    tasks.filter((task) => task.business === business).map(({ id }) => `${id}-1`);
  assert.deepEqual(started[0]?.toSorted(), idsOf("pay").toSorted());
  assert.deepEqual([...(started[1] ?? []), ...(started[2] ?? [])].toSorted(), idsOf("ops").toSorted());
  const states = tasks.map(({ state }) => state);
  assert.deepEqual(
    ["succeeded", "canceled"].map((state) => states.filter((one) => one === state).length),
    [13, 2],
  );
});

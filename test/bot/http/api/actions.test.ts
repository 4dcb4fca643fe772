import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import Koa from "koa";
import Router from "koa-router";
import { createCatalogue } from "../../../../bot/actions/index.ts";
import { actionRoutes, type Guard } from "../../../../bot/http/index.ts";
import { actionParameters } from "../../../../core/actions/index.ts";
import type { Cluster } from "../../../../core/clusters/index.ts";
import { type Actor, scopeOf } from "../../../../core/people/index.ts";
import type { ActionListing } from "../../../../core/ports/index.ts";
import { actionUses } from "../../../../core/releases/index.ts";
import type { Rule } from "../../../../core/rules/index.ts";
import { movableClock } from "../../../support/clock.ts";
import { silentLog } from "../../../support/log.ts";

const parameters = actionParameters({
  host: { type: "string", required: true },
  password: { type: "string", secret: true, default: "hunter2" },
});
const listed = {
  ref: "disk.show",
  pack: "disk",
  about: "how full",
  runner: "noop",
  enabled: true,
  ...{ parameters, declared: {} },
};
const rules = ["shop", "pay"].map(
  (business) =>
    ({ id: `of-${business}`, business, action: "disk.show", params: {}, offers: [] }) as unknown as Rule,
);

/** REST over two clusters, of which `sh` is silent, to somebody who may see `hz` and `sh` and rules of shop. */
async function bench(t: TestContext) {
  let asked = 0;
  const clock = movableClock();
  const lists = {
    listActions: async (cluster: string): Promise<ActionListing> => {
      asked += 1;
      if (cluster === "sh") return { outcome: "unreachable", cluster, message: "down" };
      return { outcome: "known", cluster, actions: [listed], versions: new Map([["disk", "1.0.0"]]) };
    },
  };
  const roles = [
    { id: "a", of: { tag: "x" }, rights: ["clusters.read"], on: { clusters: ["hz", "sh"] } },
    { id: "b", of: { tag: "x" }, rights: ["rules.read"], on: { businesses: ["shop"] } },
  ];
  const actor = { kind: "user", userid: "zhangsan", roles, unsure: [], against: null } as unknown as Actor;
  const guard: Guard = async (_ctx, right) => {
    const scope = scopeOf(actor, right);
    return { outcome: "allowed", actor, who: "user:zhangsan", scope, permits: () => true };
  };
  const uses = actionUses({ rules, grants: [], policies: [], rosters: [], packSets: [] });
  const catalogue = createCatalogue({ lists, uses: () => uses, clock });
  const clusters = ["hz", "sh", "other"].map((name) => ({ name }) as Cluster);
  const router = new Router();
  actionRoutes(router, { guard, log: silentLog, catalogue, clusters: () => clusters });
  const server = new Koa().use(router.routes()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/actions${path}`);
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { get, clock, asked: () => asked };
}

test("shows actions with where they are and the uses that the caller may see; secrets' defaults stay hidden", async (t) => {
  const { get } = await bench(t);
  const { body } = await get("");
  assert.deepEqual(
    body.actions.map(({ ref }: { ref: string }) => ref),
    ["disk.show"],
  );
  assert.deepEqual(body.actions[0].places, [{ cluster: "hz", version: "1.0.0", enabled: true }]);
  assert.deepEqual(
    body.actions[0].uses.map(({ name }: { name: string }) => name),
    ["of-shop"],
  );
  assert.ok(!JSON.stringify(body).includes("hunter2"));
  assert.deepEqual(body.silent, [{ cluster: "sh", message: "down" }]);
});

test("filters by pack, cluster and words, and refuses what it does not know", async (t) => {
  const { get } = await bench(t);
  const count = async (query: string) => (await get(query)).body.actions.length;
  assert.deepEqual(
    [await count("?pack=disk"), await count("?pack=no"), await count("?q=FULL"), await count("?q=no")],
    [1, 0, 1, 0],
  );
  assert.deepEqual((await get("?cluster=hz")).body.silent, []);
  assert.equal((await get("?colour=red")).status, 400);
});

test("one action by its ref; an unknown one says who did not answer", async (t) => {
  const { get } = await bench(t);
  assert.equal((await get("/disk.show")).body.parameters.host.required, true);
  const { status, body } = await get("/no.such");
  assert.equal(status, 404);
  assert.match(body.error.message, /silent.*sh/);
});

test("a list is read once a minute, one of a silent cluster each time", async (t) => {
  const { get, clock, asked } = await bench(t);
  await get("?cluster=hz");
  await get("?cluster=hz");
  assert.equal(asked(), 1);
  clock.advance(60_000);
  await get("?cluster=hz");
  assert.equal(asked(), 2);
  await get("?cluster=sh");
  await get("?cluster=sh");
  assert.equal(asked(), 4);
});

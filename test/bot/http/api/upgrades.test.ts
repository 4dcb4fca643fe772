import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Ajv } from "ajv";
import Koa from "koa";
import Router from "koa-router";
import { readJson } from "../../../../adapters/sources/index.ts";
import { type AccessDeps, apiDocument, guardOver, upgradeRoutes } from "../../../../bot/http/index.ts";
import { type Right, type Role, tokenHash } from "../../../../core/people/index.ts";
import { silentLog } from "../../../support/log.ts";
import { upgradeWorld } from "../../clusters/upgrade-world.ts";

const RIGHTS: readonly Right[] = ["clusters.read", "clusters.write"];
const ROLES: readonly Role[] = [
  { name: "lead", of: { users: ["wangwu"] }, rights: RIGHTS },
  { name: "half", of: { users: ["half"] }, rights: RIGHTS, on: { clusters: ["a"] } },
  { name: "looker", of: { users: ["looker"] }, rights: ["clusters.read"] },
];

async function bench(t: TestContext) {
  const played = upgradeWorld();
  const tokens = ROLES.map(({ of }) => {
    const [user = ""] = of.users ?? [];
    return [tokenHash(user), { id: user, hash: "", user, rights: RIGHTS, expires: "2099-01-01" }] as const;
  });
  const access = {
    ...{ clock: played.clock, log: silentLog, metrics: { count: () => undefined }, trustProxyHops: 0 },
    ...{ tokens: () => new Map(tokens), localTokenHash: tokenHash("local"), roles: () => ROLES },
    rolesOf: async (user: string) => {
      return { roles: ROLES.filter(({ of }) => of.users?.includes(user)), unsure: [], against: null };
    },
  } as unknown as AccessDeps;
  const router = new Router();
  const fleet = { upgrades: played.process.upgrades };
  upgradeRoutes(router, { guard: guardOver(access), log: silentLog, fleet, readJson });
  const server = new Koa().use(router.routes()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const call = async (who: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/upgrades${path}`, {
      headers: { authorization: `Bearer ${who}`, "content-type": "application/json" },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
    const read = (await answer.json()) as any;
    return { status: answer.status, code: read.error?.code, upgrade: read.upgrade };
  };
  return { ...played, call };
}

test("over REST an upgrade is asked for, shown and taken on, and approved by nobody", async (t) => {
  const { call, take, rounds, world } = await bench(t);
  assert.deepEqual(await call("wangwu", ""), { status: 200, code: undefined, upgrade: null });
  const asked = await call("wangwu", "", { clusters: ["a", "b"], for: "30m", why: "3.9.0" });
  assert.equal(asked.status, 201);
  const { id, since } = asked.upgrade;
  assert.equal((await call("wangwu", `/${id}/approve`, {})).code, "no_person");
  assert.equal((await call("wangwu", `/${id}/drain`, {})).status, 404);
  assert.equal((await call("half", `/${id}/reject`, {})).status, 403);
  assert.equal((await call("local", `/${id}/confirm`, {})).code, "wrong_stage");
  await take("approve");
  await rounds(5);
  assert.equal((await call("local", `/${id}/confirm`, { since })).code, "other_step");
  world.versions.set("a", "3.9.0");
  assert.equal((await call("local", `/${id}/confirm`, {})).upgrade.stage, "checking");
  await rounds(1);
  assert.deepEqual((await call("looker", "")).upgrade.after, { a: "3.9.0" });
  const aborted = await call("wangwu", `/${id}/abort`, { why: "later" });
  assert.deepEqual([aborted.status, aborted.upgrade.problem.message], [200, "later"]);
});

const REFUSED: [who: string, body: object, status: number, code: string | undefined][] = [
  ["nobody", { clusters: ["a"] }, 401, undefined],
  ["looker", { clusters: ["a"] }, 403, undefined],
  ["half", { clusters: ["a", "b"] }, 403, undefined],
  ["local", {}, 422, "no_cluster"],
  ["local", { clusters: ["a", 1] }, 422, "no_cluster"],
  ["local", { clusters: ["a"], for: "soon" }, 422, "bad_duration"],
  ["local", { clusters: ["a"], force: true }, 422, "no_reason"],
  ["local", { clusters: ["x"] }, 409, "unknown_cluster"],
];

for (const [who, body, status, code] of REFUSED) {
  test(`${who} asking for ${JSON.stringify(body)} is refused with ${status}`, async (t) => {
    const { call, current } = await bench(t);
    const answer = await call(who, "", body);
    assert.equal(answer.status, status);
    if (code !== undefined) assert.equal(answer.code, code);
    assert.equal(await current(), null);
  });
}

test("what is shown has the described shape, and no key of a message", async (t) => {
  const { call } = await bench(t);
  await call("wangwu", "", { clusters: ["a"] });
  const { upgrade } = await call("wangwu", "");
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const at = "paths/~1api~1v1~1upgrades/get/responses/200/content/application~1json/schema";
  const validate = ajv.compile({ $ref: `api#/${at}` });
  assert.ok(validate({ upgrade }), JSON.stringify(validate.errors));
  assert.equal("last" in upgrade, false);
});

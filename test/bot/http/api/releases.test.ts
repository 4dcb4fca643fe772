import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Ajv } from "ajv";
import Koa from "koa";
import Router from "koa-router";
import { readJson } from "../../../../adapters/sources/index.ts";
import { type AccessDeps, apiDocument, guardOver, releaseRoutes } from "../../../../bot/http/index.ts";
import { type Right, type Role, tokenHash } from "../../../../core/people/index.ts";
import { httpServer } from "../../../support/http-server.ts";
import { silentLog } from "../../../support/log.ts";
import { theTerms } from "../../../support/releases.ts";
import { aProcess, aWorld, run } from "../../releases/world.ts";

const ALL = "/api/v1/releases";
const RIGHTS: readonly Right[] = ["releases.read", "releases.write"];
const ROLES: readonly Role[] = [
  { name: "lead", of: { users: ["wangwu", "maliu"] }, rights: RIGHTS },
  { name: "half", of: { users: ["half"] }, rights: RIGHTS, on: { clusters: ["hz"] } },
  { name: "looker", of: { users: ["looker"] }, rights: ["releases.read"] },
  { name: "far", of: { users: ["far"] }, rights: RIGHTS, on: { clusters: ["gz"] } },
  { name: "approver", of: { users: ["lisi"] }, rights: [] },
];
const PEOPLE = ROLES.flatMap(({ of }) => of.users ?? []);

/** REST of a process over two clusters; of who calls the token is their name. `null`: no cluster takes releases. */
async function bench(t: TestContext, isTarget = true) {
  const world = aWorld();
  const process = aProcess(world, "one");
  const tokens = PEOPLE.map((user) => {
    return [tokenHash(user), { id: user, hash: "", user, rights: RIGHTS, expires: "2099-01-01" }] as const;
  });
  const access = {
    ...{ clock: world.clock, log: silentLog, metrics: { count: () => undefined }, trustProxyHops: 0 },
    ...{ tokens: () => new Map(tokens), localTokenHash: tokenHash("local"), roles: () => ROLES },
    rolesOf: async (user: string) => {
      return { roles: ROLES.filter(({ of }) => of.users?.includes(user)), unsure: [], against: null };
    },
  } as unknown as AccessDeps;
  const vouch = async (user: string) =>
    user === "lisi" ? { outcome: "entitled" as const, groups: [0] } : { outcome: "not_entitled" as const };
  let asked = 0;
  const router = new Router();
  releaseRoutes(router, {
    ...{ access, guard: guardOver(access), log: silentLog, clock: world.clock, readJson },
    releases: isTarget ? process.releases : null,
    clustersOf: (set) => (set === "shared" ? world.terms.now.clusters : null),
    ...{ directory: { vouch }, delegations: { standsFor: async () => [] } },
    ids: { ulid: () => `${asked++}` },
  });
  const { origin } = await httpServer(t, new Koa().use(router.routes()).callback());
  const call = async (who: string, path: string, body?: object) => {
    const answer = await fetch(`${origin}${ALL}${path}`, {
      headers: { authorization: `Bearer ${who}`, "content-type": "application/json" },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
    const read = (await answer.json()) as any;
    return { status: answer.status, code: read.error?.code, ...read };
  };
  const audited = async () => {
    const entries = await world.store.audit.read(0, 1_000);
    const own = entries.filter(({ what }) => what === "cluster.release" && what !== undefined);
    return own.map(({ who, detail }) => `${who} ${(detail as { what: string }).what}`);
  };
  return { world, process, call, audited, rounds: () => run(world, process) };
}

test("over REST a release is asked for, approved by another, shown, compared and rolled back, each on record", async (t) => {
  const { world, call, audited, rounds } = await bench(t);
  const asked = await call("wangwu", "", { set: "shared", why: "new", key: "k1" });
  assert.deepEqual([asked.status, asked.release.stage, asked.release.by], [201, "asked", "user:wangwu"]);
  const { id } = asked.release;
  assert.equal((await call("wangwu", "", { set: "shared", key: "k1" })).status, 200);
  assert.equal((await call("lisi", `/${id}/approve`, {})).release.stage, "starting");
  await rounds();
  assert.equal((await call("looker", `/${id.slice(-6)}`)).release.stage, "done");

  world.terms.now = theTerms({ packs: [...theTerms().packs, { ref: "dmesg", version: "1.0.0", items: [] }] });
  world.contents.set(world.terms.now.image.reference, world.terms.now.packs);
  const second = (await call("maliu", "", { set: "shared" })).release.id;
  const { diff } = await call("looker", `/${id}/diff/${second}`);
  assert.match(JSON.stringify(diff), /dmesg/);
  assert.equal((await call("maliu", `/${second}/abort`, { why: "not yet" })).release.stage, "aborted");

  await rounds();
  const back = await call("maliu", `/${id}/rollback`, { why: "slow" });
  assert.deepEqual([back.release.stage, back.release.problem.message], ["back", "user:maliu: slow"]);
  await rounds();
  const { releases } = await call("looker", "");
  assert.deepEqual(
    releases.map(({ stage }: { stage: string }) => stage),
    ["aborted", "rolled_back"],
  );
  assert.deepEqual(releases[1].stands, { hz: "old", bj: "old" });
  assert.deepEqual(
    (await audited()).filter((line) => !line.startsWith("whale ")),
    ["user:wangwu ask", "user:lisi decide", "user:maliu ask", "user:maliu abort", "user:maliu rollback"],
  );
});

type Refused = [who: string, path: string, body: object | undefined, status: number, code?: string];
const REFUSED: readonly Refused[] = [
  ["nobody", "", undefined, 401],
  ["nobody", "/ID/rollback", {}, 401],
  ["lisi", "", undefined, 403],
  ["looker", "", { set: "shared" }, 403],
  ["half", "", { set: "shared" }, 403],
  ["wangwu", "", {}, 422, "no_set"],
  ["wangwu", "", { set: "shared", build: 7 }, 422, "no_set"],
  ["wangwu", "", { set: "none" }, 404, "unknown_set"],
  ["wangwu", "", { set: "shared" }, 409, "held"],
  ["wangwu", "/r_none", undefined, 404, "no_such"],
  ["wangwu", "/..%2f..%2fetc", undefined, 404, "no_such"],
  ["far", "/ID", undefined, 404, "no_such"],
  ["far", "/ID/diff/ID", undefined, 404, "no_such"],
  ["wangwu", "/ID/diff/r_none", undefined, 404, "no_such"],
  ["wangwu", "/r_none/abort", {}, 404, "no_such"],
  ["wangwu", "/ID/explode", {}, 404, "no_such"],
  ["looker", "/ID/abort", {}, 403, "denied"],
  ["half", "/ID/abort", {}, 403, "denied"],
  ["local", "/ID/approve", {}, 403, "denied"],
  ["wangwu", "/ID/approve", {}, 409, "not_entitled"],
  ["wangwu", "/ID/retry", {}, 409, "wrong_stage"],
  ["wangwu", "/ID/rollback", {}, 409, "wrong_stage"],
  ["lisi", "/ID/approve", { since: "2020-01-01T00:00:00.000Z" }, 409, "other_content"],
];

test("what may not be, is not there or does not fit is refused, and changes nothing", async (t) => {
  const { call, process, audited } = await bench(t);
  const { release } = await call("maliu", "", { set: "shared" });
  for (const [who, path, body, status, code] of REFUSED) {
    const about = `${who} ${path} ${JSON.stringify(body)}`;
    const answer = await call(who, path.replaceAll("ID", release.id), body);
    assert.equal(answer.status, status, about);
    if (code !== undefined) assert.equal(answer.code, code, about);
  }
  assert.equal((await process.releases.find(release.id))?.stage, "asked");
  assert.deepEqual(await audited(), ["user:maliu ask"]);
});

test("who may reach one cluster of several sees what concerns it", async (t) => {
  const { world, call, rounds } = await bench(t);
  const { release } = await call("wangwu", "", { set: "shared" });
  await call("lisi", `/${release.id}/approve`, {});
  await rounds();
  for (const site of world.sites.values()) site.registered.clear();
  const clustersOf = async (who: string) => {
    const { drift } = await call(who, "/drift");
    return drift.map(({ cluster, outcome }: Record<string, string>) => `${cluster} ${outcome}`);
  };
  assert.deepEqual(await clustersOf("looker"), ["hz differs", "bj differs"]);
  assert.deepEqual(await clustersOf("half"), ["hz differs"]);
  assert.deepEqual(await clustersOf("far"), []);
  const listed = async (who: string) => (await call(who, "")).releases.length;
  assert.deepEqual([await listed("half"), await listed("far")], [0, 0]);
});

test("where no cluster takes releases that is said, and to nobody who may not know", async (t) => {
  const { call } = await bench(t, false);
  assert.deepEqual((await call("wangwu", "")).code, "no_target");
  assert.equal((await call("lisi", "")).status, 403);
});

test("what is shown has the described shape, and no key of a message", async (t) => {
  const { call } = await bench(t);
  await call("wangwu", "", { set: "shared", key: "k1" });
  const { releases } = await call("wangwu", "");
  const { release } = await call("wangwu", `/${releases[0].id}`);
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(apiDocument, "api");
  const shapeAt = (path: string) =>
    ajv.compile({ $ref: `api#/paths/${path}/get/responses/200/content/application~1json/schema` });
  const [all, one] = [shapeAt("~1api~1v1~1releases"), shapeAt("~1api~1v1~1releases~1%7Bid%7D")];
  assert.ok(all({ releases }), JSON.stringify(all.errors));
  assert.ok(one({ release }), JSON.stringify(one.errors));
  for (const hidden of ["key", "last", "told"]) assert.equal(hidden in release, false, hidden);
});

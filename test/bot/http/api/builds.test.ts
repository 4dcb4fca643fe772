import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import Koa from "koa";
import Router from "koa-router";
import { readJson } from "../../../../adapters/sources/index.ts";
import { buildRoutes, type Guard, type PackSources } from "../../../../bot/http/index.ts";
import { inScope, type Scope } from "../../../../core/people/index.ts";
import { aPack } from "../../../contract/image-builder.ts";
import { aPackLock, aPackSet, buildWorld, filledRepos } from "../../../support/builds.ts";
import { httpServer } from "../../../support/http-server.ts";
import { silentLog } from "../../../support/log.ts";

const ALL = "/api/v1/builds";
const lock = aPackLock();

/** REST over a process that builds. `x-clusters` limits the caller to some clusters. */
async function api(t: TestContext, lockOf: PackSources["lockOf"] = async () => ({ outcome: "read", lock })) {
  const world = buildWorld(t);
  const builds = world.process("one");
  const asked: string[] = [];
  const guard: Guard = async (ctx, right) => {
    asked.push(right);
    const names = ctx.get("x-clusters");
    const scope: Scope =
      names === "" ? { kind: "everything" } : { kind: "limited", anyOf: [{ clusters: names.split(",") }] };
    const permits = (object: Parameters<typeof inScope>[1]) => {
      if (inScope(scope, object)) return true;
      ctx.status = 403;
      return false;
    };
    return { outcome: "allowed", actor: { kind: "local" }, who: "user:zhangsan", scope, permits } as never;
  };
  const router = new Router();
  const packs: PackSources = { setOf: (id) => (id === "ops" ? aPackSet() : null), lockOf };
  buildRoutes(router, { guard, log: silentLog, builds, packs, readJson });
  const { origin } = await httpServer(t, new Koa().use(router.routes()).callback());
  const call = async (
    method: string,
    path: string,
    { body, clusters = "" }: { body?: object; clusters?: string } = {},
  ) => {
    const headers = { "content-type": "application/json", "x-clusters": clusters };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${origin}${path}`, { method, headers, ...sent });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: text.startsWith("{") ? JSON.parse(text) : null,
    };
  };
  return { world, builds, call, asked };
}

test("a build is ordered, looked at, read, and its bill downloaded", async (t) => {
  const { builds, call, asked } = await api(t);
  const ordered = await call("POST", ALL, { body: { set: "ops" } });
  assert.deepEqual([ordered.status, ordered.body.stage, ordered.body.by], [202, "queued", "user:zhangsan"]);
  const at = `${ALL}/${ordered.body.id}`;
  assert.equal((await call("GET", `${at}/log`)).status, 404);
  const following = call("GET", `${at}/log?follow=1`);
  await builds.round();
  assert.match((await following).text, /==> done/);
  const { body } = await call("GET", at);
  assert.equal(body.image.reference, `registry.example/ops/packs@${body.image.digest}`);
  assert.deepEqual(body.lock, lock);
  const [listed] = (await call("GET", ALL)).body.builds;
  assert.deepEqual([listed.id, listed.stage, listed.lock], [body.id, "done", undefined]);
  const bill = await call("GET", `${at}/sbom`);
  assert.match(bill.headers.get("content-disposition") ?? "", /ops-b_\w+\.cdx\.json/);
  assert.equal(bill.body.bomFormat, "CycloneDX");
  assert.equal((await call("POST", `${at}/cancel`, { body: {} })).status, 409);
  assert.deepEqual([...new Set(asked)].sort(), ["packs.build", "packs.read"]);
});

test("who may not reach a set's clusters sees nothing of its builds and orders none", async (t) => {
  const { call } = await api(t);
  const { body } = await call("POST", ALL, { body: { set: "ops" }, clusters: "hz-core" });
  const other = { clusters: "sh-core" };
  assert.equal((await call("POST", ALL, { body: { set: "ops" }, ...other })).status, 403);
  assert.deepEqual((await call("GET", ALL, other)).body, { builds: [] });
  for (const what of ["", "/log", "/sbom"]) {
    assert.equal((await call("GET", `${ALL}/${body.id}${what}`, other)).status, 403, what);
  }
  assert.equal((await call("POST", `${ALL}/${body.id}/cancel`, { body: {}, ...other })).status, 403);
  assert.equal((await call("POST", `${ALL}/${body.id}/cancel`, { body: {} })).status, 200);
});

test("what cannot be built is refused with what to do", async (t) => {
  const absent = await api(t, async () => ({ outcome: "absent" }));
  const { status, body } = await absent.call("POST", ALL, { body: { set: "ops" } });
  assert.deepEqual([status, body.error.code], [409, "not_locked"]);
  assert.match(body.error.message, /whale packs lock ops/);
  const bad = await api(t, async () => ({ outcome: "refused", message: "line 3" }));
  assert.equal((await bad.call("POST", ALL, { body: { set: "ops" } })).status, 422);
  assert.equal((await bad.call("POST", ALL, { body: { set: "none" } })).status, 404);
  assert.equal((await bad.call("GET", `${ALL}/b_none`)).status, 404);
});

test("the log of a build that another process ran names that process", async (t) => {
  const { world, call } = await api(t);
  const { body } = await call("POST", ALL, { body: { set: "ops" } });
  const packs = { disk: aPack("disk"), dmesg: aPack("dmesg"), sysctl: aPack("sysctl") };
  await world.process("two", { repos: filledRepos(packs) }).round();
  const answer = await call("GET", `${ALL}/${body.id}/log`);
  assert.equal(answer.status, 404);
  assert.match(answer.body.error.message, /two$/);
});

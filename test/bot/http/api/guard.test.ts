import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, type TestContext, test } from "node:test";
import Koa from "koa";
import Router from "koa-router";
import { createMetrics } from "../../../../adapters/telemetry/index.ts";
import { type AccessDeps, guardOver, whoamiRoutes } from "../../../../bot/http/index.ts";
import { type AccessToken, RIGHTS, type RolesHeld, tokenHash } from "../../../../core/people/index.ts";
import { aRole } from "../../../core/people/people-cases.ts";
import { movableClock, START_MS } from "../../../support/clock.ts";
import { listening } from "../../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../../support/leaks.ts";
import { recordingLog } from "../../../support/log.ts";

const TOKEN = "token-of-zhangsan-in-a-test-0001";
const NARROW = "token-of-zhangsan-that-only-sends-0001";
const LOCAL = "local-token-of-a-test-0001";
const EXPIRES_MS = START_MS + 60_000;

function aToken(token: string, overrides: Partial<AccessToken> = {}): [string, AccessToken] {
  const hash = tokenHash(token);
  const expires = new Date(EXPIRES_MS).toISOString();
  return [hash, { id: "ci", hash, user: "zhangsan", rights: [...RIGHTS], expires, ...overrides }];
}

/** Routes over the guard, for a person with these roles. */
async function bench(t: TestContext, held: Partial<RolesHeld> = {}) {
  const clock = movableClock();
  const [log, metrics] = [recordingLog(), createMetrics({ prefix: "whale" })];
  const tokens = new Map([aToken(TOKEN), aToken(NARROW, { id: "narrow", rights: ["events.send"] })]);
  const state = { roles: { roles: [], unsure: [], against: null, ...held } as RolesHeld };
  const rolesOf = async () => state.roles;
  const access: AccessDeps = {
    ...{
      clock,
      log,
      metrics,
      rolesOf,
      localTokenHash: tokenHash(LOCAL),
      tokens: () => tokens,
      trustProxyHops: 1,
    },
  };
  const guard = guardOver(access);
  const router = new Router();
  router.get("/whole", async (ctx) => {
    if ((await guard(ctx, "health.read", {})).outcome === "allowed") ctx.body = { whole: true };
  });
  router.get("/list", async (ctx) => {
    const guarded = await guard(ctx, "events.read", "some");
    if (guarded.outcome === "allowed") ctx.body = { who: guarded.who, scope: guarded.scope };
  });
  router.get("/one/:type", async (ctx) => {
    const guarded = await guard(ctx, "events.read", { type: String(ctx.params["type"]) });
    if (guarded.outcome === "allowed") ctx.body = { one: true };
  });
  // As where the type is only known once the object has been read.
  router.get("/later/:type", async (ctx) => {
    const guarded = await guard(ctx, "events.read", "some");
    if (guarded.outcome !== "allowed" || !guarded.permits({ type: String(ctx.params["type"]) })) return;
    ctx.body = { one: true };
  });
  whoamiRoutes(router, access);
  const server = createServer(new Koa().use(router.routes()).callback());
  t.after(() => server.close());
  const { origin } = await listening(server);
  const get = async (path: string, headers: Record<string, string> = bearer(TOKEN)) => {
    const answer = await fetch(`${origin}${path}`, { headers: { connection: "close", ...headers } });
    const body = (await answer.json()) as { error?: { code: string; message: string } };
    return { status: answer.status, code: body.error?.code, body, headers: answer.headers };
  };
  return { clock, log, metrics, tokens, get };
}

function bearer(token: string, headers: Record<string, string> = {}): Record<string, string> {
  return { authorization: `Bearer ${token}`, ...headers };
}

const UNKNOWN: readonly [name: string, headers: Record<string, string>, code: string][] = [
  ["no credentials", {}, "no_credentials"],
  [
    "another scheme",
    { authorization: `Basic ${Buffer.from(`u:${TOKEN}`).toString("base64")}` },
    "no_credentials",
  ],
  ["an empty token", { authorization: "Bearer " }, "no_credentials"],
  ["two tokens", { authorization: `Bearer ${TOKEN} ${TOKEN}` }, "no_credentials"],
  ["a token nobody has", bearer(`${TOKEN}x`), "bad_token"],
  ["the hash in the place of its token", bearer(tokenHash(TOKEN)), "bad_token"],
  [
    "the local token through a proxy",
    bearer(LOCAL, { "x-forwarded-for": "10.0.0.1" }),
    "local_token_from_elsewhere",
  ],
  [
    "the local token through a proxy of another kind",
    bearer(LOCAL, { forwarded: "for=10.0.0.1" }),
    "local_token_from_elsewhere",
  ],
];

describe("the guard of REST", () => {
  for (const [name, headers, code] of UNKNOWN) {
    test(`answers ${name} with 401 ${code}, counted and logged without the token`, async (t) => {
      const { get, log, metrics } = await bench(t, { roles: [aRole()] });
      const answer = await get("/api/v1/whoami?token=in-the-query", headers);
      assert.deepEqual([answer.status, answer.code], [401, code]);
      assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="whale"/);
      assert.match(answer.body.error?.message ?? "", /[一-龥].*\([a-z]/);
      assert.deepEqual(log.lines[0]?.fields, {
        reason: code,
        right: "-",
        method: "GET",
        path: "/api/v1/whoami",
      });
      assert.match(
        await metrics.text(),
        new RegExp(`access_refused_total\\{[^}]*reason="${code}"[^}]*\\} 1`),
      );
      assertLeaksNoSecret([TOKEN, LOCAL, "in-the-query"], [log.lines, answer.body]);
    });
  }

  test("answers a token that has expired with 401, naming it in the log", async (t) => {
    const { get, clock, log } = await bench(t, { roles: [aRole()] });
    clock.set(EXPIRES_MS - 1);
    assert.equal((await get("/list")).status, 200);
    clock.set(EXPIRES_MS);
    const late = await get("/list");
    assert.deepEqual([late.status, late.code], [401, "expired_token"]);
    assert.match(late.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
    assert.equal(log.lines[0]?.fields["tokenId"], "ci");
  });

  test("forgets a token that has been taken out of the files", async (t) => {
    const { get, tokens } = await bench(t, { roles: [aRole()] });
    tokens.clear();
    assert.equal((await get("/api/v1/whoami")).code, "bad_token");
  });

  test("lets the command line of this machine do everything", async (t) => {
    const { get } = await bench(t);
    for (const path of ["/api/v1/whoami", "/whole", "/list", "/one/a", "/later/a"]) {
      assert.equal((await get(path, bearer(LOCAL))).status, 200);
      assert.equal((await get(path, bearer(LOCAL, { "x-forwarded-for": "127.0.0.1" }))).status, 200);
    }
  });

  test("lets who is known, but holds nothing, ask for no more than who they are", async (t) => {
    const { get, log } = await bench(t);
    assert.equal((await get("/api/v1/whoami")).status, 200);
    const denied = await get("/whole");
    assert.deepEqual([denied.status, denied.code], [403, "no_role"]);
    assert.match(denied.body.error?.message ?? "", /没有 health\.read 权限.*\(none of your roles has/);
    const told = { reason: "no_role", right: "health.read", by: "user:zhangsan", tokenId: "ci" };
    assert.deepEqual(log.lines[0]?.fields, { ...told, method: "GET", path: "/whole" });
  });

  test("keeps a bounded role to its objects, and out of what is about the whole", async (t) => {
    const roles = [aRole({ rights: ["events.read", "health.read"], on: { types: ["vm.*"] } })];
    const { get, metrics } = await bench(t, { roles });
    assert.deepEqual((await get("/list")).body, {
      who: "user:zhangsan",
      scope: { kind: "limited", anyOf: [{ types: ["vm.*"] }] },
    });
    for (const path of ["/one", "/later"]) {
      assert.equal((await get(`${path}/vm.disk`)).status, 200);
      const outside = await get(`${path}/host.dmesg`);
      assert.deepEqual([outside.status, outside.code], [403, "outside_scope"]);
    }
    assert.equal((await get("/whole")).code, "outside_scope");
    assert.match(await metrics.text(), /reason="outside_scope",right="events\.read"\} 2/);
  });

  test("keeps a token to its own rights", async (t) => {
    const { get } = await bench(t, { roles: [aRole({ rights: [...RIGHTS] })] });
    assert.equal((await get("/list", bearer(NARROW))).code, "token_lacks_right");
    assert.equal((await get("/list")).status, 200);
  });

  test("says so when a role is in doubt", async (t) => {
    const { get } = await bench(t, { unsure: [aRole()] });
    const denied = await get("/list");
    assert.deepEqual([denied.status, denied.code], [403, "directory_unavailable"]);
    assert.match(denied.body.error?.message ?? "", /reader/);
  });

  test("lets no cache keep an answer", async (t) => {
    const { get } = await bench(t);
    assert.equal((await get("/api/v1/whoami")).headers.get("cache-control"), "no-store");
    assert.equal((await get("/api/v1/whoami", {})).headers.get("cache-control"), "no-store");
  });
});

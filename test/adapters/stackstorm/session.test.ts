import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aClient,
  aCluster,
  aStart,
  fakeSt2,
  PASSWORD,
  passwordAuth,
  type Reply,
  type Seen,
} from "./support.ts";

const rows: Reply = { status: 200, body: [] };
const isLogin = ({ url }: Seen) => url.pathname === "/auth/v1/tokens";

test("a login sends the password by Basic and asks for a life, and reads carry the token", async (t) => {
  const fake = await fakeSt2(t, (seen) => (isLogin(seen) ? { status: 201, body: { token: "tok" } } : rows));
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })], { tokenTtlSeconds: 600 });
  await st2.list("hz", ["a"]);
  const [login, read] = fake.seen;
  const basic = Buffer.from(`robot:${PASSWORD}`).toString("base64");
  assert.equal(login?.headers.authorization, `Basic ${basic}`);
  assert.equal(login?.body, '{"ttl":600}');
  assert.equal(read?.headers["x-auth-token"], "tok");
  assert.equal(read?.headers.authorization, undefined);
  assert.ok(login?.headers["x-request-id"] && read?.headers["x-request-id"]);
});

test("calls at the same time share one login", async (t) => {
  const fake = await fakeSt2(t, (seen) => (isLogin(seen) ? { status: 201, body: { token: "tok" } } : rows));
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  await Promise.all([1, 2, 3, 4, 5].map((n) => st2.list("hz", [`a${n}`])));
  assert.equal(fake.seen.filter(isLogin).length, 1);
});

test("calls whose token is refused at the same time share one new login", async (t) => {
  let logins = 0;
  const fake = await fakeSt2(t, (seen) => {
    if (isLogin(seen)) return { status: 201, body: { token: `tok-${++logins}` } };
    return seen.headers["x-auth-token"] === "tok-1" ? { status: 401 } : rows;
  });
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  await Promise.all([1, 2, 3, 4, 5].map((n) => st2.list("hz", [`a${n}`])));
  assert.equal(logins, 2);
});

test("a token is renewed at 80 % of its life and not before", async (t) => {
  let logins = 0;
  const fake = await fakeSt2(t, (seen) =>
    isLogin(seen) ? { status: 201, body: { token: `tok-${++logins}` } } : rows,
  );
  const { st2, clock } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })], {
    tokenTtlSeconds: 100,
  });
  await st2.list("hz", ["a"]);
  clock.advance(79_999);
  await st2.list("hz", ["a"]);
  assert.equal(logins, 1);
  clock.advance(1);
  await st2.list("hz", ["a"]);
  assert.equal(logins, 2);
  assert.equal(fake.seen.at(-1)?.headers["x-auth-token"], "tok-2");
});

test("a renewal that fails leaves the old token in use until its end, asking again after a pause", async (t) => {
  let logins = 0;
  const fake = await fakeSt2(t, (seen) => {
    if (!isLogin(seen)) return rows;
    return ++logins === 1 ? { status: 201, body: { token: "tok-1" } } : { status: 503 };
  });
  const cluster = aCluster(fake.origin, { auth: passwordAuth });
  const { st2, clock, log } = aClient(t, [cluster], { tokenTtlSeconds: 1_000 });
  await st2.list("hz", ["a"]);
  clock.advance(850_000);
  await st2.list("hz", ["a"]);
  await st2.list("hz", ["a"]);
  assert.equal(logins, 2);
  assert.equal(log.lines.filter(({ level }) => level === "warn").length, 1);
  clock.advance(150_000);
  await assert.rejects(st2.list("hz", ["a"]), {
    code: "stackstorm.unavailable",
    reached: "no",
    retryable: true,
  });
});

test("a server that allows no such long life is asked for its own", async (t) => {
  const fake = await fakeSt2(t, (seen) => {
    if (!isLogin(seen)) return rows;
    if (seen.body !== "{}")
      return { status: 400, body: { faultstring: "TTL specified is greater than max" } };
    return { status: 201, body: { token: "tok", expiry: "2026-11-01T00:10:00.000000Z" } };
  });
  const { st2, clock } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  await st2.list("hz", ["a"]);
  clock.advance(479_000);
  await st2.list("hz", ["a"]);
  assert.equal(fake.seen.filter(isLogin).length, 2);
  clock.advance(1_000);
  await st2.list("hz", ["a"]);
  assert.equal(fake.seen.filter(isLogin).length, 4);
});

const badLogins: [name: string, reply: Reply, code: string][] = [
  ["no token in it", { status: 201, body: { id: "x" } }, "stackstorm.bad_answer"],
  ["a web page", { status: 200, body: "<html>" }, "stackstorm.bad_answer"],
  ["missing rights", { status: 403, body: { faultstring: "no" } }, "stackstorm.forbidden"],
];

for (const [name, reply, code] of badLogins) {
  test(`a read fails with ${code} when the login answers ${name}`, async (t) => {
    const fake = await fakeSt2(t, (seen) => (isLogin(seen) ? reply : rows));
    const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
    await assert.rejects(st2.list("hz", ["a"]), { code, reached: "no" });
    assert.equal(fake.seen.filter((seen) => !isLogin(seen)).length, 0);
  });
}

test("a start whose login is refused was not sent", async (t) => {
  const fake = await fakeSt2(t, () => ({ status: 401, body: { faultstring: "bad password" } }));
  const { st2 } = aClient(t, [aCluster(fake.origin, { auth: passwordAuth })]);
  assert.equal((await st2.start(aStart())).outcome, "not_sent");
  assert.equal(fake.seen.filter((seen) => !isLogin(seen)).length, 0);
});

test("a refused key is not tried again", async (t) => {
  const fake = await fakeSt2(t, () => ({
    status: 401,
    body: { faultstring: "Unauthorized - key is disabled" },
  }));
  const { st2 } = aClient(t, [aCluster(fake.origin)]);
  await assert.rejects(st2.list("hz", ["a"]), {
    code: "stackstorm.unauthorised",
    message: /key is disabled/,
  });
  assert.equal(fake.seen.length, 1);
});

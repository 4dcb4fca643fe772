import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { answerOf, hookServer, jsonPost, receiptsOf } from "./hook-server.ts";

const SECRET = "hmac-secret-of-the-hooks-0001";
const BODY = '{"event_type":"disk.full","detail":{"host":"vm-1"}}';
const TOKEN = "query-token-of-the-hooks-0001";

function signed(atMs: number, { body = BODY, secret = SECRET } = {}): RequestInit {
  const stamp = String(Math.floor(atMs / 1000));
  const signature = createHmac("sha256", secret).update(`${stamp}.${body}`).digest("hex");
  return {
    ...{ method: "POST", body },
    headers: {
      "x-whale-signature": signature,
      "x-whale-timestamp": stamp,
      "content-type": "application/json",
    },
  };
}

const post = (body = BODY, headers?: Record<string, string>) => jsonPost(body, headers);

const HMAC = { signed: { auth: { hmac: { secret: SECRET } } } };

test("one signed body sent 1,000 times, across restarts, makes one event and each time its id", async (t) => {
  // Wider than the journal remembers delivery keys, so that the signature alone can tell.
  const sources = { signed: { auth: { hmac: { secret: SECRET, windowSeconds: 3_600 } } } };
  const server = await hookServer(t, { sources });
  const request = signed(server.clock.nowMs());
  const [first] = await receiptsOf(server.send("signed", request));
  assert.equal(first?.outcome, "new");
  for (let round = 0; round < 3; round += 1) {
    const again = Array.from({ length: 333 }, () => receiptsOf(server.send("signed", request)));
    for (const receipts of await Promise.all(again)) {
      assert.deepEqual(receipts, [{ eventId: first?.eventId, outcome: "duplicate" }]);
    }
    server.clock.advance(1_100_000);
    await server.restart();
  }
  assert.equal(await server.store().journal.lag("rules"), 1);
  server.clock.advance(400_000);
  assert.deepEqual(await answerOf(server.send("signed", request)), [401, "stale_timestamp"]);
  assert.equal(await server.store().journal.lag("rules"), 1);
});

test("the same body signed at another instant is left to the journal's own keys", async (t) => {
  const server = await hookServer(t, { sources: HMAC });
  const plain = '{"event_type":"disk.full","id":"a"}';
  const [first] = await receiptsOf(server.send("signed", signed(server.clock.nowMs(), { body: plain })));
  const later = server.clock.nowMs() + 1000;
  const [second] = await receiptsOf(server.send("signed", signed(later, { body: plain })));
  assert.deepEqual(second, { eventId: first?.eventId, outcome: "duplicate" });
  const other = plain.replace('"a"', '"b"');
  const [third] = await receiptsOf(server.send("signed", signed(later, { body: other })));
  assert.notEqual(third?.eventId, first?.eventId);
  assert.equal(await server.store().journal.lag("rules"), 2);
});

test("a signature of one source does not open another, and neither does nothing", async (t) => {
  const sources = { ...HMAC, other: { auth: { hmac: { secret: "another-secret" } } } };
  const server = await hookServer(t, { sources });
  const nowMs = server.clock.nowMs();
  assert.deepEqual(await answerOf(server.send("other", signed(nowMs))), [401, "bad_signature"]);
  assert.deepEqual(await answerOf(server.send("signed", post())), [401, "no_signature"]);
  assert.deepEqual(await answerOf(server.send("signed", signed(nowMs - 600_000))), [401, "stale_timestamp"]);
  assert.equal(await server.store().journal.lag("rules"), 0);
  assert.deepEqual(await server.store().journal.refusals(10), []);
});

test("what a stranger sends to a signed source is not kept, however large it is", async (t) => {
  const server = await hookServer(t, { sources: HMAC });
  assert.deepEqual(await answerOf(server.send("signed", post("x".repeat(70_000)))), [413, "too_large"]);
  assert.deepEqual(await server.store().journal.refusals(10), []);
});

test("a source sends at its rate, is told when to try again, and holds up no other", async (t) => {
  const limits = { perSecond: 0.5, burst: 2 };
  const sources = {
    slow: { auth: "none", limits },
    free: { auth: "none" },
    keyed: { auth: { bearer: "k" }, limits },
  };
  const server = await hookServer(t, { sources });
  const statuses: number[] = [];
  for (let n = 0; n < 3; n += 1) statuses.push((await server.send("slow", post())).status);
  assert.deepEqual(statuses, [202, 202, 429]);
  const refused = await server.send("slow", post());
  assert.equal(refused.headers.get("retry-after"), "2");
  assert.equal((await server.send("free", post())).status, 202);
  server.clock.advance(2_000);
  assert.equal((await server.send("slow", post())).status, 202);
  server.clock.advance(-3_600_000);
  server.clock.advance(4_000);
  assert.equal((await server.send("slow", post())).status, 429);
  server.clock.advance(2_000);
  assert.equal((await server.send("slow", post())).status, 202);
  for (let n = 0; n < 5; n += 1) assert.equal((await server.send("keyed", post())).status, 401);
  assert.equal((await server.send("keyed", post(BODY, { authorization: "Bearer k" }))).status, 202);
});

test("a signed request that comes again takes nothing of what its sender may send", async (t) => {
  const limits = { perSecond: 0.1, burst: 3 };
  const server = await hookServer(t, { sources: { signed: { ...HMAC.signed, limits } } });
  const nowMs = server.clock.nowMs();
  const statusOf = async (request: RequestInit) => (await server.send("signed", request)).status;
  const caught = signed(nowMs);
  const statuses = await inTurn(Array.from({ length: 9 }, () => caught).map((one) => () => statusOf(one)));
  assert.deepEqual(new Set(statuses), new Set([202]));
  const others = ["a", "b", "c"].map((id) =>
    signed(nowMs, { body: `{"event_type":"disk.full","id":"${id}"}` }),
  );
  assert.deepEqual(await inTurn(others.map((one) => () => statusOf(one))), [202, 202, 429]);
});

async function inTurn<T>(calls: (() => Promise<T>)[]): Promise<T[]> {
  const answers: T[] = [];
  for (const call of calls) answers.push(await call());
  return answers;
}

test("a source's own limit counts instead of the process's", async (t) => {
  const sources = {
    small: { auth: "none", limits: { maxBytes: 1024 } },
    large: { auth: "none", limits: { maxBytes: 100_000 } },
  };
  const server = await hookServer(t, { sources });
  const padded = (size: number) => `${BODY.slice(0, -1)},"pad":"${"x".repeat(size)}"}`;
  assert.equal((await server.send("small", post(padded(900)))).status, 202);
  assert.deepEqual(await answerOf(server.send("small", post(padded(1000)))), [413, "too_large"]);
  assert.equal((await server.send("large", post(padded(90_000)))).status, 202);
});

test("networks are judged by the entry of the proxy in front, not by what the client wrote", async (t) => {
  const sources = { inside: { auth: "none", allow: ["10.0.0.0/8"] }, local: { auth: "none" } };
  const server = await hookServer(t, { sources, trustProxyHops: 1 });
  const via = (path: string, forwarded: string) =>
    answerOf(server.send(path, post(BODY, { "x-forwarded-for": forwarded })));
  assert.deepEqual(await via("inside", "8.8.8.8, 10.1.2.3"), [202, ""]);
  assert.deepEqual(await via("inside", "10.1.2.3, 8.8.8.8"), [403, "address_not_allowed"]);
  assert.deepEqual(await via("local", "8.8.8.8"), [401, "open_only_to_loopback"]);
  assert.deepEqual(await answerOf(server.send("inside", post())), [403, "address_not_allowed"]);
});

test("what a page of another site sends to an open source is refused, counted and logged", async (t) => {
  const server = await hookServer(t, {
    sources: { open: { auth: "none" }, keyed: { auth: { bearer: "k" } } },
  });
  const page = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const answer = await server.send("open", post(BODY, page));
  assert.equal(answer.headers.get("www-authenticate"), null);
  assert.deepEqual(await answerOf(Promise.resolve(answer)), [403, "foreign_page"]);
  assert.match(await server.metrics(), /outcome="foreign_page"[^\n]* 1\n/);
  assert.ok(server.lines.some((line) => line.includes('"foreign_page"')));
  const withKey = post(BODY, { ...page, authorization: "Bearer k" });
  assert.deepEqual(await answerOf(server.send("keyed", withKey)), [202, ""]);
});

const FALCON =
  "endpoint=vm-1&metric=cpu.idle&status=PROBLEM&priority=0&time=2026-11-01%2000:00&stra_id=7&tags=a:b";

test("an alert that is a GET is taken where its sender knows no other, its token kept nowhere", async (t) => {
  const sources = {
    falcon: { kind: "open-falcon", auth: { query: { token: TOKEN } } },
    signed: { kind: "open-falcon", auth: { hmac: { secret: SECRET } } },
    generic: { auth: "none" },
  };
  const server = await hookServer(t, { sources });
  const path = `falcon?${FALCON}&token=${TOKEN}`;
  assert.deepEqual(await answerOf(server.send(`falcon?${FALCON}`, {})), [401, "no_credentials"]);
  assert.deepEqual(await answerOf(server.send(`${path}&token=${TOKEN}`, {})), [401, "repeated_credentials"]);
  const [receipt] = await receiptsOf(server.send(path, {}));
  const event = await server.store().journal.event(receipt?.eventId ?? "");
  assert.equal(event?.subject, "vm-1");
  const raw = await server.store().journal.raw(event?.rawRef ?? "");
  assert.match(Buffer.from(raw?.bytes ?? []).toString(), /^endpoint=vm-1&metric=cpu\.idle/);
  assertLeaksNoSecret([TOKEN], { event, raw, lines: server.lines });
  assert.equal((await server.send(path, { method: "HEAD" })).status, 405);
  assert.deepEqual(await answerOf(server.send(`signed?${FALCON}`, {})), [405, "method_not_allowed"]);
  assert.deepEqual(await answerOf(server.send("generic", {})), [405, "method_not_allowed"]);
});

test("a source's zone goes before the process's", async (t) => {
  const falcon = { kind: "open-falcon", auth: "none" };
  const server = await hookServer(t, { sources: { utc: falcon, cn: { ...falcon, zone: "Asia/Shanghai" } } });
  const times: (string | undefined)[] = [];
  for (const name of ["utc", "cn"]) {
    const [receipt] = await receiptsOf(server.send(`${name}?${FALCON}`, {}));
    times.push((await server.store().journal.event(receipt?.eventId ?? ""))?.time);
  }
  assert.deepEqual(times, ["2026-11-01T00:00:00.000Z", "2026-10-31T16:00:00.000Z"]);
});

test("no secret of any form reaches the log, an answer or the journal", async (t) => {
  const sources = {
    ...HMAC,
    basic: { auth: { basic: { user: "u", password: "password-of-basic-0001" } } },
    query: { auth: { query: { token: TOKEN } } },
    header: { auth: { header: { name: "X-T", value: "value-of-header-0001" } } },
    grafana: { auth: { grafana: { secret: "secret-of-grafana-0001" } } },
  };
  const secrets = [SECRET, "password-of-basic-0001", TOKEN, "value-of-header-0001", "secret-of-grafana-0001"];
  const server = await hookServer(t, { sources });
  const basic = { authorization: `Basic ${Buffer.from("u:password-of-basic-0001").toString("base64")}` };
  const bad = "{";
  const answers = await Promise.all([
    server.send("basic", post(bad, basic)),
    server.send(`query?token=${TOKEN}`, post(bad)),
    server.send("header", post(bad, { "x-t": "value-of-header-0001" })),
    server.send("signed", signed(server.clock.nowMs(), { body: bad })),
    server.send("basic", post(bad, { authorization: "Basic eDp5" })),
    server.send("grafana", post(bad, { "x-grafana-alerting-signature": "secret-of-grafana-0001" })),
    server.send("signed", post(bad, { "x-whale-signature": SECRET, "x-whale-timestamp": SECRET })),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 400, 400, 401, 401, 401],
  );
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  const refusals = await server.store().journal.refusals(10);
  assert.equal(refusals.length, 4);
  assertLeaksNoSecret(secrets, { lines: server.lines, texts, refusals });
});

test("a signed source takes nothing from what its signature does not cover", async (t) => {
  const server = await hookServer(t, {
    sources: {
      falcon: { kind: "open-falcon", auth: { hmac: { secret: SECRET } } },
      events: { kind: "cloudevents", auth: { hmac: { secret: SECRET } } },
    },
  });
  const empty = () => signed(server.clock.nowMs(), { body: "" });
  const query = "endpoint=db-master&metric=cpu.idle&status=PROBLEM&priority=0&step=1&exp_id=1";
  assert.equal((await server.send(`falcon?${query}`, empty())).status, 400);
  const request = empty();
  const attributes = {
    ...{ "ce-id": "1", "ce-specversion": "1.0", "ce-type": "db.raised", "ce-source": "/x" },
    "ce-subject": "db-master",
  };
  const headers = { ...(request.headers as Record<string, string>), ...attributes };
  assert.equal((await server.send("events", { ...request, headers })).status, 400);
  assert.equal(await server.store().journal.lag("rules"), 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { script } from "../../../adapters/redis/script.ts";
import { together } from "../../../adapters/redis/together.ts";
import { NO_REDIS, startRedis } from "../../support/redis.ts";

/** Adds to a list; 3: a command that may be none, run behind that, or `lua` for an error of Lua's own. */
const PUSH = script(`
redis.call('RPUSH', B .. ':list', ARGV[2])
if ARGV[3] == 'lua' then error('no such thing') end
if ARGV[3] ~= '' then redis.call(ARGV[3], B .. ':list') end
return {B, ARGV[1], ARGV[2], #ARGV, num(tick())}
`);

async function started() {
  const server = await startRedis();
  assert.ok(server);
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  const end = async () => {
    client.disconnect();
    await server.remove();
  };
  const calls = async () => {
    const stats = await client.info("commandstats");
    return ["eval", "evalsha"].map((name) => {
      return Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, "m").exec(stats)?.[1] ?? 0);
    });
  };
  await client.ping();
  return { client, run: together(client), calls, [Symbol.asyncDispose]: end };
}

const push = (no: number | string, then = "") => ["1000", no, then];

test("calls of one turn leave as one, each with its own key and arguments", { skip: NO_REDIS }, async () => {
  await using redis = await started();
  const { run, calls } = redis;
  const answers = await Promise.all([1, 2, 3].map((no) => run(PUSH, `{t${no % 2}}`, push(no))));
  assert.deepEqual(
    answers.map((answer) => (answer as unknown[]).slice(0, 4)),
    [1, 2, 3].map((no) => [`{t${no % 2}}`, "1000", String(no), 3]),
  );
  const ticks = answers.map((answer) => Number((answer as unknown[])[4]));
  assert.ok((ticks[2] ?? 0) > (ticks[0] ?? 0), "the number of a tag grows from call to call");
  // Once by hash, which the server did not know, and once by text.
  assert.deepEqual(await calls(), [1, 1]);
});

test("a call that fails does so alone, whichever it is", { skip: NO_REDIS }, async () => {
  for (const bad of [0, 1, 2]) {
    await using redis = await started();
    const { client, run } = redis;
    const asked = [0, 1, 2].map((no) => run(PUSH, "{t}", push(no, no === bad ? "NOSUCH" : "")));
    const settled = await Promise.allSettled(asked);
    assert.deepEqual(
      settled.map(({ status }) => status),
      [0, 1, 2].map((no) => (no === bad ? "rejected" : "fulfilled")),
    );
    const failed = settled[bad];
    assert.ok(failed?.status === "rejected");
    assert.equal(failed.reason.name, "ReplyError");
    assert.match(failed.reason.message, /Unknown Redis command/);
    assert.deepEqual((await client.lrange("{t}:list", 0, -1)).sort(), ["0", "1", "2"]);
  }
});

test("an error of Lua's own is the server's, in a joint call as in a single one", {
  skip: NO_REDIS,
}, async () => {
  await using redis = await started();
  const { run } = redis;
  await assert.rejects(run(PUSH, "{t}", push(0, "lua")), {
    name: "ReplyError",
    message: /^ERR .*no such thing/,
  });
  const [, second] = await Promise.allSettled([run(PUSH, "{t}", push(1)), run(PUSH, "{t}", push(2, "lua"))]);
  assert.ok(second?.status === "rejected");
  assert.equal(second.reason.name, "ReplyError");
  assert.match(second.reason.message, /^ERR .*no such thing/);
});

test("a client without a connection fails each call by itself", async () => {
  const client = new Redis({ lazyConnect: true, enableOfflineQueue: false });
  const run = together(client);
  const settled = await Promise.allSettled([1, 2].map((no) => run(PUSH, "{t}", push(no))));
  for (const one of settled) assert.equal(one.status, "rejected");
  client.disconnect();
});

test("a server that takes no writes says so to each call", { skip: NO_REDIS }, async () => {
  await using redis = await started();
  const { client, run } = redis;
  await client.config("SET", "min-replicas-to-write", "1");
  const settled = await Promise.allSettled([1, 2, 3].map((no) => run(PUSH, "{t}", push(no))));
  for (const one of settled) {
    assert.ok(one.status === "rejected");
    assert.match(one.reason.message, /NOREPLICAS/);
  }
});

test("many calls leave as several commands, and one with many arguments alone", {
  skip: NO_REDIS,
}, async () => {
  await using redis = await started();
  const { run, calls } = redis;
  await run(PUSH, "{t}", push(0));
  await Promise.all([1, 2].map((no) => run(PUSH, "{t}", push(no))));
  const before = await calls();
  const few = Array.from({ length: 33 }, (_, no) => run(PUSH, "{t}", push(no)));
  const long = run(PUSH, "{t}", [...push("long"), ...Array<string>(5000).fill("x")]);
  await Promise.all([...few, long]);
  const after = await calls();
  assert.deepEqual(
    after.map((count, i) => count - (before[i] ?? 0)),
    [0, 4],
  );
});

test("a connection that breaks fails all calls that were sent", { skip: NO_REDIS }, async () => {
  await using redis = await started();
  const { client, run } = redis;
  const asked = [1, 2, 3].map((no) => run(PUSH, "{t}", push(no)));
  setImmediate(() => client.disconnect());
  const settled = await Promise.allSettled(asked);
  for (const one of settled) assert.equal(one.status, "rejected");
});

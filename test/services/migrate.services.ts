import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { createElasticsearchTransfer } from "../../adapters/elasticsearch/index.ts";
import { openRedisTransfer } from "../../adapters/redis/index.ts";
import { joinedSides, migrate } from "../../bot/migrate/index.ts";
import { openMigration } from "../../bot/wire-migrate.ts";
import type { StorePlace } from "../../core/transfer/index.ts";
import { transferContract } from "../contract/transfer.ts";
import { drill, drillRule } from "../scenarios/drill.ts";
import { silentLog } from "../support/log.ts";
import { NO_REDIS, type RedisServer, redisOptions, startRedis } from "../support/redis.ts";
import { dump } from "../support/transfer.ts";
import { sampleFolder } from "../support/transfer-sample.ts";
import {
  cardClosed,
  cardsOf,
  click,
  logged,
  openCard,
  openWorld,
  runsOf,
  type World,
} from "../support/world.ts";
import { nodeForTests } from "./elasticsearch/world.ts";

const found = await nodeForTests();
const missing = NO_REDIS || ("skip" in found ? found.skip : false);

const WHALE = join(import.meta.dirname, "..", "..", "bot", "cli", "whale.ts");
const DIE_AT = join(import.meta.dirname, "..", "support", "die-at.ts");

let prefixes = 0;

describe("Redis and Elasticsearch, real ones", { skip: missing }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.remove());
  const url = "node" in found ? found.node.url : "";

  const open = async () => {
    prefixes += 1;
    const archive = createElasticsearchTransfer({
      ...{ urls: [url], auth: { kind: "none" }, log: silentLog },
      ...{ prefix: `m${prefixes}`, replicas: 0, backoffBaseMs: 1 },
    });
    const store = joinedSides(await openRedisTransfer(redisOptions(server)), archive);
    return {
      store,
      end: async () => {
        await store.clear();
        await store.close();
      },
    };
  };
  transferContract("redis with elasticsearch", open, 4);

  const production = () => {
    prefixes += 1;
    const names = { REDIS_PREFIX: `world${prefixes}:`, ELASTICSEARCH_PREFIX: `world${prefixes}` };
    return { REDIS_URL: `redis://127.0.0.1:${server.port}`, ELASTICSEARCH_URL: url, ...names };
  };

  test("the command killed at any step and started again ends right, there and back", () =>
    killedCommand(production()));

  test("an approval that waited while all moved to them is clicked, and its action runs to the end", (context) =>
    movedWhileWaiting(context, { from: "embedded", servers: production() }));

  test("an approval that waited while all moved back is clicked, and its action runs to the end", (context) =>
    movedWhileWaiting(context, { from: "redis", servers: production() }));
});

/** Runs `whale migrate`; it dies where it tells a line with this text. */
async function command(
  env: Record<string, string>,
  args: readonly string[],
  diesAt = "",
): Promise<{ code: number | null; told: string }> {
  const given = { PATH: process.env["PATH"] ?? "", DIE_AT: diesAt, ...env };
  const child = spawn(process.execPath, ["--import", DIE_AT, WHALE, "migrate", ...args], { env: given });
  let told = "";
  const hear = (bytes: Buffer): void => {
    told += String(bytes);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, told };
}

async function killedCommand(servers: Record<string, string>): Promise<void> {
  const folder = await sampleFolder();
  const before = await folder.side();
  const expected = await dump(before);
  await before.close();
  const env = { WHALE_DATA: folder.path, ...servers };
  const there = ["--from", "embedded", "--to", "redis"];
  for (const line of ["copy raw", "copy entry", "copy task", "copy archived", "compare entry"]) {
    const { code, told } = await command(env, there, line);
    assert.equal(code, null, told);
  }
  const moved = await command(env, there);
  assert.equal(moved.code, 0, moved.told);
  assert.match(moved.told, /archived +\d+ +\d+ {2}[0-9a-f]{16} same/);
  await assert.rejects(
    folder.work(async () => 1),
    { code: "store.not_in_force" },
  );
  const refused = await command(env, ["--from", "redis", "--to", "embedded"]);
  assert.equal(refused.code, 1);
  assert.match(refused.told, /--replace/);
  const back = ["--from", "redis", "--to", "embedded", "--replace"];
  assert.equal((await command(env, back, "copy message")).code, null);
  assert.equal((await command(env, back)).code, 0);
  const after = await folder.side();
  assert.deepEqual(await dump(after), expected);
  await after.close();
  folder.remove();
}

interface Direction {
  from: StorePlace;
  servers: Record<string, string>;
}

async function movedWhileWaiting(context: TestContext, { from, servers }: Direction): Promise<void> {
  const env = from === "redis" ? servers : {};
  const world = await openWorld(context, { files: drillRule({ throttle: THROTTLE }), env });
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await world.stop();
  await moveWorld(world, from, servers);
  await assert.rejects(world.start(), { code: "store.not_in_force" });
  for (const name of Object.keys(servers)) delete world.env[name];
  if (from === "embedded") Object.assign(world.env, servers);
  await world.start();
  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "成功");
  assert.equal(runsOf(world, "core.noop").length, 1);
  await eventsGoOn(world);
}

const THROTTLE = { key: "all", limit: 1, per: "1h", burst: 1 };

/** What came before the move is remembered: the delivery, and the token that its task took. */
async function eventsGoOn(world: World): Promise<void> {
  await drill(world, "1");
  await drill(world, "2", { detail: { host: "h2" } });
  await logged(world, { reason: "throttled" });
  assert.equal(cardsOf(world, "zhangsan", "演练").length, 1);
}

async function moveWorld(world: World, from: StorePlace, servers: Record<string, string>): Promise<void> {
  const opened = await openMigration({ ...world.env, ...servers }, world.home, from);
  assert.ok(opened.outcome === "open");
  const options = { evenIfRunning: false, replace: false, tell: () => undefined };
  try {
    assert.equal((await migrate({ ...opened, ...options })).outcome, "moved");
  } finally {
    await opened.close();
  }
}

import assert from "node:assert/strict";
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

  test("an approval that waited while all moved to them is clicked, and its action runs to the end", (context) =>
    movedWhileWaiting(context, { from: "embedded", servers: production() }));

  test("an approval that waited while all moved back is clicked, and its action runs to the end", (context) =>
    movedWhileWaiting(context, { from: "redis", servers: production() }));
});

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

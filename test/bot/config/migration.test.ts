import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readMigration } from "../../../bot/config/index.ts";

const SERVERS = { REDIS_URL: "redis://h:6379", ELASTICSEARCH_URL: "http://e:9200" };

describe("the configuration of a migration", () => {
  test("is that of the stores alone: a chat is not asked for", () => {
    const read = readMigration({ ...SERVERS, WHALE_HOME: "h", REDIS_PREFIX: "other:" }, "/cwd");
    assert.ok(read.outcome === "read");
    assert.equal(read.dataDir, "/cwd/h/data");
    assert.equal(read.stores.redis.prefix, "other:");
    assert.deepEqual(read.stores.elasticsearch.urls, ["http://e:9200"]);
  });

  test("needs both servers, whatever the direction", () => {
    for (const [given, missing] of [
      [{}, ["REDIS_URL", "ELASTICSEARCH_URL"]],
      [{ REDIS_URL: SERVERS.REDIS_URL }, ["ELASTICSEARCH_URL"]],
      [{ ELASTICSEARCH_URL: SERVERS.ELASTICSEARCH_URL }, ["REDIS_URL"]],
    ] as const) {
      const read = readMigration(given, "/cwd");
      assert.ok(read.outcome === "refused");
      assert.deepEqual(
        read.faults.map((fault) => fault.name),
        missing,
      );
    }
  });
});

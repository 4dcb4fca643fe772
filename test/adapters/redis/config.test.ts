import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConfig, serversText } from "../../../adapters/redis/config.ts";
import { silentLog } from "../../support/log.ts";

const SERVERS = { kind: "standalone", host: "redis.example", port: 6379 } as const;
const OPTIONS = { servers: SERVERS, log: silentLog };

describe("options of the Redis store", () => {
  test("have 8 partitions, a window of 5 minutes and 5 seconds for a call unless told otherwise", () => {
    const { partitions, dedupeWindowMs, timeoutMs, replicaTimeoutMs, prefix } = readConfig(OPTIONS);
    assert.deepEqual(
      { partitions, dedupeWindowMs, timeoutMs, replicaTimeoutMs, prefix },
      {
        partitions: 8,
        dedupeWindowMs: 300_000,
        timeoutMs: 5_000,
        replicaTimeoutMs: 1_000,
        prefix: "whale:1:",
      },
    );
  });

  const sentinels = [{ host: "a", port: 26_379 }];
  const wrong: [string, object][] = [
    ["partitions is 0", { partitions: 0 }],
    ["partitions is 1025", { partitions: 1025 }],
    ["dedupeWindowMs is NaN", { dedupeWindowMs: Number.NaN }],
    ["timeoutMs is 0", { timeoutMs: 0 }],
    ["replicaTimeoutMs is -1", { replicaTimeoutMs: -1 }],
    ['prefix is ""', { prefix: "" }],
    ['prefix is "{a}:"', { prefix: "{a}:" }],
    ['servers.standalone.host is ""', { servers: { ...SERVERS, host: "" } }],
    ["servers.standalone.port is 65536", { servers: { ...SERVERS, port: 65_536 } }],
    ["servers.db is -1", { servers: { ...SERVERS, db: -1 } }],
    ["servers.nodes is empty", { servers: { kind: "cluster", nodes: [] } }],
    ["servers.sentinels is empty", { servers: { kind: "sentinel", name: "m", sentinels: [] } }],
    ['servers.name is ""', { servers: { kind: "sentinel", name: "", sentinels } }],
  ];
  for (const [told, overrides] of wrong) {
    test(`are refused when ${told}, naming it`, () => {
      assert.throws(
        () => readConfig({ ...OPTIONS, ...overrides }),
        (error: Error & { code?: string }) =>
          error.code === "store.bad_option" && error.message.includes(`option ${told},`),
      );
    });
  }

  test("name their servers without anything secret", () => {
    assert.equal(serversText(SERVERS), "redis.example:6379");
    const nodes = [SERVERS, { host: "b", port: 1 }];
    assert.equal(serversText({ kind: "cluster", nodes }), "redis.example:6379, b:1");
  });
});

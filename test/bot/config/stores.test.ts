import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fieldFault } from "../../../adapters/wecom/index.ts";
import {
  type Config,
  type ConfigFault,
  formatFaults,
  readConfig,
  secretsOfStores,
} from "../../../bot/config/index.ts";
import { tempFolder } from "../../support/sqlite.ts";

const NEEDED = {
  WECOM_CORP_ID: "ww0123456789abcd",
  WECOM_SECRET: "corp-secret-of-this-test",
  WECOM_AGENT_ID: "1000002",
  WECOM_TOKEN: "callbackTokenOfThisTest",
  WECOM_AES_KEY: "SeBVUYe9h0l0TJ6tFPE1XbwzBITL0LcOrp8aQ6JhNe0",
};
const BOTH = { REDIS_URL: "redis://r1", ELASTICSEARCH_URL: "https://es1:9200" };
const SECRET = "a-secret-of-this-test";

function outcomeOf(env: Record<string, string>) {
  return readConfig({ ...NEEDED, ...env }, "/srv/whale", { wecomFault: fieldFault });
}

function read(env: Record<string, string>): Config {
  const outcome = outcomeOf(env);
  if (outcome.outcome === "refused") throw new Error(formatFaults(outcome.faults));
  return outcome.config;
}

function faults(env: Record<string, string>): ConfigFault[] {
  const outcome = outcomeOf(env);
  return outcome.outcome === "refused" ? outcome.faults : [];
}

function production(env: Record<string, string>) {
  const { stores } = read({ ...BOTH, ...env });
  if (stores.kind !== "production") throw new Error(stores.kind);
  return stores;
}

describe("which stores", () => {
  test("are embedded when neither Redis nor Elasticsearch is named", () => {
    const { stores, roles, drainMs } = read({});
    assert.deepEqual(
      { stores, roles, drainMs },
      {
        stores: { kind: "embedded" },
        roles: ["web", "worker", "scheduler"],
        drainMs: 0,
      },
    );
  });

  test("are Redis and Elasticsearch when both are named", () => {
    const { redis, elasticsearch } = production({});
    assert.deepEqual(redis, {
      servers: { kind: "standalone", host: "r1", port: 6379, db: 0 },
      tls: false,
      prefix: "whale:1:",
    });
    assert.deepEqual(elasticsearch, { urls: ["https://es1:9200"], auth: { kind: "none" }, prefix: "whale" });
    assert.equal(read(BOTH).drainMs, 3_000);
  });

  for (const [given, missing] of [
    ["REDIS_URL", "ELASTICSEARCH_URL"],
    ["ELASTICSEARCH_URL", "REDIS_URL"],
  ] as const) {
    test(`${given} without ${missing} is refused, naming what to set`, () => {
      const [fault, ...others] = faults({ [given]: BOTH[given] });
      assert.deepEqual(others, []);
      assert.equal(fault?.name, missing);
      assert.match(fault.message, new RegExp(`required beside ${given}: production needs both`));
    });
  }
});

describe("REDIS_URL", () => {
  const forms: [url: string, servers: object, tls: boolean][] = [
    ["redis://h:7000/3", { kind: "standalone", host: "h", port: 7000, db: 3 }, false],
    ["rediss://[fd00::1]:6380", { kind: "standalone", host: "fd00::1", port: 6380, db: 0 }, true],
    [
      "redis-cluster://a,b:7001",
      {
        kind: "cluster",
        nodes: [
          { host: "a", port: 6379 },
          { host: "b", port: 7001 },
        ],
      },
      false,
    ],
    [
      "rediss-sentinel://a,b:7001/main/2",
      {
        kind: "sentinel",
        name: "main",
        sentinels: [
          { host: "a", port: 26_379 },
          { host: "b", port: 7001 },
        ],
        db: 2,
      },
      true,
    ],
  ];
  for (const [url, servers, tls] of forms) {
    test(`${url} is read`, () => {
      const { redis } = production({ REDIS_URL: url });
      assert.deepEqual([redis.servers, redis.tls], [servers, tls]);
    });
  }

  const wrong: [url: string, message: RegExp][] = [
    ["http://h", /redis:\/\/host:6379/],
    ["redis://h:99999", /redis:\/\/host:6379/],
    ["redis://h:0", /redis:\/\/host:6379/],
    ["redis://", /redis:\/\/host:6379/],
    ["redis://a,b", /redis-cluster/],
    ["redis://h/x", /whole number/],
    ["redis-cluster://a/1", /a cluster has none/],
    ["redis-sentinel://a", /master's name is missing/],
  ];
  for (const [url, message] of wrong) {
    test(`${url} is refused, naming field and value`, () => {
      const [fault, ...others] = faults({ ...BOTH, REDIS_URL: url });
      assert.deepEqual([fault?.name, fault?.value, others], ["REDIS_URL", url, []]);
      assert.match(fault?.message ?? "", message);
    });
  }

  test("with a password in it is refused without showing it", () => {
    const all = faults({ ...BOTH, REDIS_URL: `redis://u:${SECRET}@h` });
    assert.match(all[0]?.message ?? "", /REDIS_PASSWORD/);
    assert.ok(!JSON.stringify(all).includes(SECRET));
  });
});

describe("secrets of the stores", () => {
  test("come from variables or from files, and are told to the log", (t) => {
    const folder = tempFolder();
    t.after(() => folder.remove());
    const file = join(folder.path, "password");
    writeFileSync(file, `${SECRET}\n`);
    const stores = production({
      REDIS_URL: "redis-sentinel://s/main",
      REDIS_USER: "whale",
      REDIS_PASSWORD_FILE: file,
      REDIS_SENTINEL_PASSWORD: "of-the-sentinel",
      ELASTICSEARCH_API_KEY: "key-of-es",
    });
    assert.deepEqual([stores.redis.username, stores.redis.password], ["whale", SECRET]);
    assert.deepEqual(stores.elasticsearch.auth, { kind: "apiKey", apiKey: "key-of-es" });
    assert.deepEqual(secretsOfStores(stores), [SECRET, "of-the-sentinel", "key-of-es"]);
  });

  test("a file that is missing, empty or given beside the value is refused, naming it", (t) => {
    const folder = tempFolder();
    t.after(() => folder.remove());
    const empty = join(folder.path, "empty");
    writeFileSync(empty, "\n");
    const named = (env: Record<string, string>) => faults({ ...BOTH, ...env }).map(({ name }) => name);
    assert.deepEqual(named({ REDIS_PASSWORD_FILE: join(folder.path, "none") }), ["REDIS_PASSWORD_FILE"]);
    assert.deepEqual(named({ REDIS_PASSWORD_FILE: empty }), ["REDIS_PASSWORD_FILE"]);
    const twice = { ELASTICSEARCH_API_KEY: "key-of-es", ELASTICSEARCH_API_KEY_FILE: empty };
    assert.ok(named(twice).includes("ELASTICSEARCH_API_KEY_FILE"));
  });

  test("half of a pair, two kinds at once and files without a certificate are refused", (t) => {
    const folder = tempFolder();
    t.after(() => folder.remove());
    const file = join(folder.path, "ca.pem");
    writeFileSync(file, "no certificate");
    const cases: [env: Record<string, string>, name: string][] = [
      [{ REDIS_USER: "u" }, "REDIS_PASSWORD"],
      [{ ELASTICSEARCH_USER: "u" }, "ELASTICSEARCH_PASSWORD"],
      [{ ELASTICSEARCH_PASSWORD: SECRET }, "ELASTICSEARCH_USER"],
      [
        { ELASTICSEARCH_USER: "u", ELASTICSEARCH_PASSWORD: SECRET, ELASTICSEARCH_API_KEY: "k" },
        "ELASTICSEARCH_API_KEY",
      ],
      [{ ELASTICSEARCH_API_KEY: "with space" }, "ELASTICSEARCH_API_KEY"],
      [{ REDIS_CA_FILE: file }, "REDIS_CA_FILE"],
      [{ ELASTICSEARCH_CA_FILE: file }, "ELASTICSEARCH_CA_FILE"],
      [{ REDIS_PREFIX: "a b" }, "REDIS_PREFIX"],
      [{ ELASTICSEARCH_PREFIX: "Whale*" }, "ELASTICSEARCH_PREFIX"],
      [{ ELASTICSEARCH_URL: "es1:9200" }, "ELASTICSEARCH_URL"],
      [{ ELASTICSEARCH_URL: `https://u:${SECRET}@es1` }, "ELASTICSEARCH_URL"],
    ];
    for (const [env, name] of cases) {
      const found = faults({ ...BOTH, ...env });
      assert.deepEqual(
        found.map((fault) => fault.name),
        [name],
        JSON.stringify(env),
      );
      assert.ok(!JSON.stringify(found).includes(SECRET));
    }
  });
});

describe("ROLES", () => {
  test("divides the work of processes on shared stores", () => {
    assert.deepEqual(read({ ...BOTH, ROLES: "scheduler, web" }).roles, ["web", "scheduler"]);
  });

  test("refuses words that are no roles", () => {
    assert.deepEqual(
      faults({ ...BOTH, ROLES: "web,cook" }).map(({ name, value }) => [name, value]),
      [["ROLES", "web,cook"]],
    );
  });

  test("refuses to leave one out beside embedded stores, and says how to divide them", () => {
    assert.match(faults({ ROLES: "web" })[0]?.message ?? "", /set REDIS_URL and ELASTICSEARCH_URL/);
  });
});

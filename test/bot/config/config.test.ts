import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldFault } from "../../../adapters/wecom/index.ts";
import { type Config, type ConfigFault, formatFaults, readConfig } from "../../../bot/config/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";

const NEEDED = {
  WECOM_CORP_ID: "ww0123456789abcd",
  WECOM_SECRET: "corp-secret-of-this-test",
  WECOM_AGENT_ID: "1000002",
  WECOM_TOKEN: "callbackTokenOfThisTest",
  WECOM_AES_KEY: "SeBVUYe9h0l0TJ6tFPE1XbwzBITL0LcOrp8aQ6JhNe0",
};

function read(env: Record<string, string>): Config {
  const givens = { wecomFault: fieldFault, memoryBytes: 1024 ** 3 };
  const outcome = readConfig({ ...NEEDED, ...env }, "/srv/whale", givens);
  if (outcome.outcome === "refused") throw new Error(formatFaults(outcome.faults));
  return outcome.config;
}

function faults(env: Record<string, string | undefined>): ConfigFault[] {
  const outcome = readConfig({ ...NEEDED, ...env }, "/srv/whale", { wecomFault: fieldFault });
  return outcome.outcome === "refused" ? outcome.faults : [];
}

test("what is not given has its default", () => {
  assert.deepEqual(read({}), {
    host: "127.0.0.1",
    port: 8080,
    home: "/srv/whale/home",
    dataDir: "/srv/whale/home/data",
    language: "zh",
    timeZone: "Asia/Shanghai",
    logLevel: "info",
    wecom: {
      apiBase: "https://qyapi.weixin.qq.com",
      corpId: NEEDED.WECOM_CORP_ID,
      corpSecret: NEEDED.WECOM_SECRET,
      agentId: 1000002,
      token: NEEDED.WECOM_TOKEN,
      encodingAesKey: NEEDED.WECOM_AES_KEY,
    },
    sessionKey: "",
    admin: { people: null, robotUrl: null, publicUrl: null },
    aibot: null,
    images: {
      ...{ program: "buildah", storageDriver: "vfs", isolation: "chroot", tlsVerify: true, buildEnv: {} },
      ...{ buildMs: 3_600_000, maxRepoBytes: 512 * 2 ** 20 },
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    },
    budgets: { memberPerMinute: 24, accounts: 500, callsPerMinute: 2_400 },
    runs: { perMinute: 20 },
    maxBodyBytes: 1_048_576,
    trustProxyHops: 0,
    startWindowMs: 150_000,
    journalKeepMs: 7 * 86_400_000,
    archiveKeepMs: 90 * 86_400_000,
    taskKeepMs: 90 * 86_400_000,
    maxConnectionsPerAddress: 1_000,
    pressure: {
      minFreeDiskBytes: 512 * 1024 ** 2,
      maxBehind: 1_000_000,
      maxRssBytes: 768 * 1024 ** 2,
      maxHeapShare: 0.9,
      maxInFlightBytes: 64 * 1024 ** 2,
    },
    stores: { kind: "embedded" },
    roles: ["web", "worker", "scheduler"],
    drainMs: 0,
  });
});

test("the memory limit is 1.5 GB, or three quarters of what there is when that is less", () => {
  const limit = (memoryBytes: number) => {
    const outcome = readConfig(NEEDED, "/", { wecomFault: fieldFault, memoryBytes });
    return outcome.outcome === "read" ? outcome.config.pressure.maxRssBytes / 1024 ** 3 : null;
  };
  assert.deepEqual([limit(64 * 1024 ** 3), limit(2 * 1024 ** 3), limit(1024 ** 3)], [1.5, 1.5, 0.75]);
});

const GOOD: [name: string, value: string, pick: (config: Config) => unknown, wanted: unknown][] = [
  ["HOST", "0.0.0.0", (c) => c.host, "0.0.0.0"],
  ["HOST", "::1", (c) => c.host, "::1"],
  ["HOST", "localhost", (c) => c.host, "localhost"],
  ["HOST", "whale-1.ops.example", (c) => c.host, "whale-1.ops.example"],
  ["WHALE_PUBLIC_URL", "https://whale.example/", (c) => c.admin.publicUrl, "https://whale.example"],
  ["WHALE_PUBLIC_URL", "http://10.0.0.5:8080/ops/", (c) => c.admin.publicUrl, "http://10.0.0.5:8080/ops"],
  ["SESSION_KEY", "k".repeat(32), (c) => c.sessionKey, "k".repeat(32)],
  ["WECOM_LOGIN", "https://login.example/", (c) => c.wecom.loginBase, "https://login.example"],
  ["PORT", "0", (c) => c.port, 0],
  ["PORT", " 65535 ", (c) => c.port, 65_535],
  ["WHALE_HOME", "/etc/whale", (c) => [c.home, c.dataDir], ["/etc/whale", "/etc/whale/data"]],
  ["WHALE_HOME", "conf", (c) => [c.home, c.dataDir], ["/srv/whale/conf", "/srv/whale/conf/data"]],
  ["WHALE_DATA", "/var/lib/whale", (c) => c.dataDir, "/var/lib/whale"],
  ["WHALE_DATA", "d", (c) => c.dataDir, "/srv/whale/d"],
  ["WHALE_LANG", "en", (c) => c.language, "en"],
  ["WHALE_TIME_ZONE", "Europe/Berlin", (c) => c.timeZone, "Europe/Berlin"],
  ["LOG_LEVEL", "debug", (c) => c.logLevel, "debug"],
  ["WECOM_API", "http://proxy.example:8443/wx/", (c) => c.wecom.apiBase, "http://proxy.example:8443/wx"],
  ["WECOM_AGENT_ID", "7", (c) => c.wecom.agentId, 7],
  ["WECOM_MEMBER_PER_MINUTE", "10", (c) => c.budgets.memberPerMinute, 10],
  ["WECOM_ACCOUNTS", "12000", (c) => c.budgets.accounts, 12_000],
  ["WECOM_CALLS_PER_MINUTE", "600", (c) => c.budgets.callsPerMinute, 600],
  ["WHALE_RUNS_PER_MINUTE", "5", (c) => c.runs.perMinute, 5],
  ["WHALE_MAX_BODY_BYTES", "2048", (c) => c.maxBodyBytes, 2048],
  ["WHALE_START_WINDOW", "2s", (c) => c.startWindowMs, 2000],
  ["WHALE_MIN_FREE_DISK", "0", (c) => c.pressure.minFreeDiskBytes, 0],
  ["WHALE_MIN_FREE_DISK", "2GB", (c) => c.pressure.minFreeDiskBytes, 2 * 1024 ** 3],
  ["WHALE_MAX_BEHIND", "5000", (c) => c.pressure.maxBehind, 5000],
  ["WHALE_MAX_RSS", "1.5gb", (c) => c.pressure.maxRssBytes, 1.5 * 1024 ** 3],
  ["WHALE_MAX_RSS", "536870912", (c) => c.pressure.maxRssBytes, 512 * 1024 ** 2],
  ["WHALE_MAX_IN_FLIGHT", "1024 KB", (c) => c.pressure.maxInFlightBytes, 1024 ** 2],
  ["WHALE_JOURNAL_KEEP", "1h", (c) => c.journalKeepMs, 3_600_000],
  ["WHALE_ARCHIVE_KEEP", "365d", (c) => c.archiveKeepMs, 365 * 86_400_000],
  ["WHALE_MAX_CONNECTIONS_PER_ADDRESS", "20", (c) => c.maxConnectionsPerAddress, 20],
  ["WHALE_DRAIN", "10s", (c) => c.drainMs, 10_000],
  ["WHALE_TASK_KEEP", "7d", (c) => c.taskKeepMs, 7 * 86_400_000],
];

describe("a good value is taken", () => {
  for (const [name, value, pick, wanted] of GOOD) {
    test(`${name}=${JSON.stringify(value)}`, () => {
      assert.deepEqual(pick(read({ [name]: value })), wanted);
    });
  }
});

const BAD: [name: string, value: string][] = [
  ["HOST", "999.1.1.1"],
  ["HOST", "http://here"],
  ["HOST", "127.0.0.1:80"],
  ["WECOM_CORP_ID", "ww 1"],
  ["WECOM_API", "https://a.example?x=1"],
  ["WECOM_LOGIN", "ftp://login.example"],
  ["WHALE_PUBLIC_URL", "whale.example"],
  ["WHALE_PUBLIC_URL", "javascript:alert(1)"],
  ["WHALE_PUBLIC_URL", "https://whale.example/?a=b"],
  ["PORT", "-1"],
  ["PORT", "65536"],
  ["PORT", "80.5"],
  ["PORT", "0x50"],
  ["PORT", "http"],
  ["WHALE_LANG", "de"],
  ["WHALE_LANG", "ZH"],
  ["WHALE_TIME_ZONE", "Asia/Atlantis"],
  ["LOG_LEVEL", "verbose"],
  ["WECOM_API", "qyapi.weixin.qq.com"],
  ["WECOM_API", "ftp://x.example"],
  ["WECOM_API", "file:///etc/passwd"],
  ["WECOM_AGENT_ID", "zero"],
  ["WECOM_AGENT_ID", "0"],
  ["WECOM_MEMBER_PER_MINUTE", "9"],
  ["WECOM_ACCOUNTS", "0"],
  ["WECOM_CALLS_PER_MINUTE", "59"],
  ["WHALE_RUNS_PER_MINUTE", "0"],
  ["WHALE_MAX_BODY_BYTES", "1MB"],
  ["WHALE_MAX_BODY_BYTES", "1023"],
  ["WHALE_START_WINDOW", "150"],
  ["WHALE_START_WINDOW", "0s"],
  ["WHALE_JOURNAL_KEEP", "a week"],
  ["WHALE_ARCHIVE_KEEP", "forever"],
  ["WHALE_TASK_KEEP", "167h"],
  ["WHALE_TASK_KEEP", "0"],
  ["WHALE_DRAIN", "soon"],
  ["WHALE_MAX_CONNECTIONS_PER_ADDRESS", "0"],
  ["WHALE_MAX_CONNECTIONS_PER_ADDRESS", "10001"],
  ["WHALE_MIN_FREE_DISK", "half"],
  ["WHALE_MIN_FREE_DISK", "-1"],
  ["WHALE_MAX_BEHIND", "0"],
  ["WHALE_MAX_RSS", "64MB"],
  ["WHALE_MAX_RSS", "1.5 gigs"],
  ["WHALE_MAX_IN_FLIGHT", "0"],
];

describe("a bad value is refused by name and value", () => {
  for (const [name, value] of BAD) {
    test(`${name}=${JSON.stringify(value)}`, () => {
      const found = faults({ [name]: value });
      assert.deepEqual(
        found.map((fault) => [fault.name, fault.value]),
        [[name, value]],
      );
      assert.match(formatFaults(found), new RegExp(`${name} = "`));
    });
  }
});

const BAD_SECRETS: [name: string, value: string][] = [
  ["WECOM_SECRET", "with blank"],
  ["WECOM_TOKEN", "with-dash"],
  ["WECOM_AES_KEY", "tooShortToBeAKey"],
  ["WECOM_API", "https://me:pass-word@a.example"],
  ["WHALE_PUBLIC_URL", "https://me:pass-word@a.example"],
  ["SESSION_KEY", "easily-guessed"],
];

describe("a bad secret is refused by name, and not shown", () => {
  for (const [name, value] of BAD_SECRETS) {
    test(name, () => {
      const found = faults({ [name]: value });
      assert.deepEqual(
        found.map((fault) => [fault.name, fault.value]),
        [[name, ""]],
      );
      assertLeaksNoSecret([value], [found, formatFaults(found)]);
    });
  }
});

describe("what must be given", () => {
  for (const name of Object.keys(NEEDED)) {
    test(`${name} missing or blank is refused`, () => {
      for (const value of [undefined, "", "   "]) {
        const [fault, ...others] = faults({ [name]: value });
        assert.equal(fault?.name, name);
        assert.deepEqual(others, []);
      }
    });
  }
});

test("every fault is told, not only the first", () => {
  const outcome = readConfig({ PORT: "x", LOG_LEVEL: "y" }, "/", { wecomFault: fieldFault });
  const names = outcome.outcome === "refused" ? outcome.faults.map((fault) => fault.name) : [];
  assert.deepEqual(names, ["PORT", "LOG_LEVEL", ...Object.keys(NEEDED)]);
});

test("faults hold no secret, whatever else is wrong", () => {
  const found = faults({ PORT: "x", WECOM_API: "no", WECOM_CORP_ID: "", WHALE_LANG: "xx" });
  const { WECOM_SECRET, WECOM_TOKEN, WECOM_AES_KEY } = NEEDED;
  assertLeaksNoSecret([WECOM_SECRET, WECOM_TOKEN, WECOM_AES_KEY], [found, formatFaults(found)]);
});

const ELSEWHERE: readonly [name: string, env: Record<string, string | undefined>, found: RegExp][] = [
  ["WECOM_CORP_ID", { WECOM_CORP_ID: undefined }, /没有设置.*我的企业 → 企业ID.*the company's id/],
  ["WECOM_CORP_ID", { WECOM_CORP_ID: "ww 1" }, /应为.*我的企业 → 企业ID/],
  ["WECOM_AGENT_ID", { WECOM_AGENT_ID: undefined }, /没有设置，必须给出 \(not set, required\)。.*AgentId/],
  ["WECOM_AGENT_ID", { WECOM_AGENT_ID: "whale" }, /之间的整数.*自建.*AgentId/],
  ["WECOM_SECRET", { WECOM_SECRET: "" }, /没有设置.*Secret/],
  ["WECOM_TOKEN", { WECOM_TOKEN: "a b" }, /设置API接收」的 Token/],
  ["WECOM_AES_KEY", { WECOM_AES_KEY: "short" }, /设置API接收」的 EncodingAESKey/],
  ["AIBOT_SECRET", { AIBOT_ID: "bot" }, /一起设置.*长连接/],
  ["REDIS_URL", { ELASTICSEARCH_URL: "https://es:9200" }, /required beside ELASTICSEARCH_URL.*acknowledged/],
  ["ELASTICSEARCH_URL", { REDIS_URL: "redis://r" }, /required beside REDIS_URL.*searched/],
];

describe("a value that another system gives is told with what it is and where it is found", () => {
  for (const [name, env, found] of ELSEWHERE) {
    test(`${name} of ${JSON.stringify(env)}`, () => {
      const [fault] = faults(env);
      assert.equal(fault?.name, name);
      assert.match(fault?.message ?? "", found);
    });
  }
});
